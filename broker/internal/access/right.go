package access

// Right is something that can be done to a kind of thing, such as to manage contract
// data. It is written "contract_data:manage".
type Right struct {
	Resource, Action string
}

// String writes the right as permissions begin.
func (r Right) String() string { return r.Resource + ":" + r.Action }

// Reads reports whether a request that needs the right changes nothing.
func (r Right) Reads() bool { return r.Action == read }

const (
	read   = "read"
	manage = "manage"
)

// The rights that requests to a broker need.
var (
	ReadContracts = Right{"contract_data", read}
	// ManageContracts is to publish contracts and results, and to write what
	// describes them: applications, versions, branches, tags, labels.
	ManageContracts = Right{"contract_data", manage}
	// DeleteInBulk is to delete what many versions have in common: an application,
	// all contracts of a pair, all branches, whatever a clean-up finds.
	DeleteInBulk = Right{"contract_data", "bulk_delete"}
	// Record is to say what runs where: deployments, releases, and their end.
	Record             = Right{"deployment_and_release", "record"}
	ReadEnvironments   = Right{"environment", read}
	ManageEnvironments = Right{"environment", manage}
	ManageWebhooks     = Right{"webhook", manage}
	// ManageTokens is to make, renew and revoke one's own tokens.
	ManageTokens   = Right{"token", manage}
	ReadAccounts   = Right{"system_account", read}
	ManageAccounts = Right{"system_account", manage}
	ReadTeams      = Right{"team", read}
	ManageTeams    = Right{"team", manage}
	ReadRoles      = Right{"role", read}
	ManageRoles    = Right{"role", manage}
	// ReadAudit is to see who did what.
	ReadAudit = Right{"audit", read}
	// ReadSecrets is to see which secrets webhooks may name; nobody sees the values.
	ReadSecrets   = Right{"secret", read}
	ManageSecrets = Right{"secret", manage}
)
