package links

// Pacticipants is the list of pacticipants.
func (l Links) Pacticipants() string { return l.Template("/pacticipants") }

// PacticipantsWithLabel lists the pacticipants that carry a label.
func (l Links) PacticipantsWithLabel(label string) string {
	return l.Path("pacticipants", "label", label)
}

// Labels is the list of label names.
func (l Links) Labels() string { return l.Template("/labels") }

// Pacticipant is one pacticipant.
func (l Links) Pacticipant(name string) string { return l.Path("pacticipants", name) }

// Label is one label of a pacticipant.
func (l Links) Label(pacticipant, label string) string {
	return l.Path("pacticipants", pacticipant, "labels", label)
}

// Versions is the list of a pacticipant's versions.
func (l Links) Versions(pacticipant string) string {
	return l.Path("pacticipants", pacticipant, "versions")
}

// Version is one pacticipant version.
func (l Links) Version(pacticipant, number string) string {
	return l.Path("pacticipants", pacticipant, "versions", number)
}

// Tag is one tag of a version.
func (l Links) Tag(pacticipant, number, tag string) string {
	return l.Path("pacticipants", pacticipant, "versions", number, "tags", tag)
}

// Branches is the list of a pacticipant's branches.
func (l Links) Branches(pacticipant string) string {
	return l.Path("pacticipants", pacticipant, "branches")
}

// Branch is one branch.
func (l Links) Branch(pacticipant, branch string) string {
	return l.Path("pacticipants", pacticipant, "branches", branch)
}

// BranchLatestVersion is the head of a branch.
func (l Links) BranchLatestVersion(pacticipant, branch string) string {
	return l.Path("pacticipants", pacticipant, "branches", branch, "latest-version")
}

// BranchVersion is the membership of a version in a branch.
func (l Links) BranchVersion(pacticipant, branch, number string) string {
	return l.Path("pacticipants", pacticipant, "branches", branch, "versions", number)
}

// RecordDeployment is where the deployment of a version is recorded.
func (l Links) RecordDeployment(pacticipant, number, environmentUUID string) string {
	return l.Path("pacticipants", pacticipant, "versions", number,
		"deployed-versions", "environment", environmentUUID)
}

// RecordRelease is where the release of a version is recorded.
func (l Links) RecordRelease(pacticipant, number, environmentUUID string) string {
	return l.Path("pacticipants", pacticipant, "versions", number,
		"released-versions", "environment", environmentUUID)
}

// Usage tells what consumers use of an application.
func (l Links) Usage(name string) string { return l.Path("pacticipants", name, "usage") }
