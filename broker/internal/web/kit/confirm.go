package kit

// Confirm asks again before something is gone: it says what, and sends the form
// only then.
type Confirm struct {
	Question string
	// Problem is why it could not be done the last time that it was sent.
	Problem string
	// Lost is what would be gone, a sentence each.
	Lost []string
	// Action is where the form is sent, by POST.
	Action string
	Hidden []Parameter
	// Yes is the word on the button, such as "Delete the webhook".
	Yes string
	// Harmless says that nothing is gone: it only asks before something is done.
	Harmless bool
	// No leads back.
	No Link
}
