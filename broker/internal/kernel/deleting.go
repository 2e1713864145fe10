package kernel

// What is deleted may have a long history, and one transaction over all of it
// would keep every other request waiting. So the history goes first, in small
// transactions, and then what is left of it together with the thing itself. Who
// leaves meanwhile, or is cut off, asks again and the rest goes.

// DeleteBatch is how many versions or contents one transaction deletes.
const DeleteBatch = 100
