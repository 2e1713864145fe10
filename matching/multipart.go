package matching

func compareMultipart(b bodies, out *collector) { compareBinary(b, out) }
