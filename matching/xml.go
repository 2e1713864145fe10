package matching

func compareXML(b bodies, out *collector) { compareText(b, out) }
