package links

// MergeBadge shows whether the main branch of an application fits the main branches of
// the others.
func (l Links) MergeBadge(name string) string {
	return l.Path("pacticipants", name, "main-branch", "can-i-merge", "badge")
}

// DeployBadge shows whether the head of a branch may go to an environment.
func (l Links) DeployBadge(name, branch, environment string) string {
	return l.Path("pacticipants", name, "branches", branch, "latest-version", "can-i-deploy", "to-environment", environment, "badge")
}
