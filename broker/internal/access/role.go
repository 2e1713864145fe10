package access

// Role is a name for permissions.
type Role struct {
	// UUID is stable for predefined roles, so that configurations which name it work
	// on every broker.
	UUID, Name, Description string
	Permissions             []Permission
}

// AdministratorUUID is that of the role that may do everything, as PactFlow has it
// and its Terraform provider knows it.
const AdministratorUUID = "cf75d7c2-416b-11ea-af5e-53c3b1a4efd8"

// PipelineUUID is that of the role for pipelines.
const PipelineUUID = "0c7a1a52-6e1c-4d0a-9f7c-5b0a53d4a7e1"

// MemberUUID is that of the role for the people of a team.
const MemberUUID = "7b0e2c94-3a57-4c1d-8f6e-92d4a1c5b083"

// TeamPipelineUUID is that of the role for pipelines that write what belongs to their
// teams.
const TeamPipelineUUID = "3e6a9d41-58b7-4f02-9c3d-d17e0f84b6a2"

// Predefined are the roles that every broker has. They are neither changed nor
// deleted.
func Predefined() []Role {
	return []Role{
		{AdministratorUUID, "Administrator", "may do everything", widest()},
		{PipelineUUID, "CI/CD", "for pipelines: publishes contracts and results, records deployments and releases, asks the gate",
			[]Permission{{ReadContracts, Everything}, {ManageContracts, Everything}, {Record, Everything}, {ReadEnvironments, Everything}, {ManageTokens, Own}}},
		{TeamPipelineUUID, "Team CI/CD", "for the pipelines of a team: what CI/CD may, for the applications of its teams and those that it publishes first",
			[]Permission{{ReadContracts, Everything}, {ManageContracts, OfTeams}, {ManageContracts, Own}, {Record, OfTeams}, {ReadEnvironments, Everything}, {ManageTokens, Own}}},
		{MemberUUID, "Team member", "for the people of a team: reads everything, writes and deletes what belongs to its teams, their webhooks and secrets",
			[]Permission{
				{ReadContracts, Everything}, {ManageContracts, OfTeams}, {ManageContracts, Own}, {DeleteInBulk, OfTeams}, {Record, OfTeams},
				{ReadEnvironments, Everything}, {ManageWebhooks, OfTeams}, {ManageSecrets, OfTeams}, {ReadTeams, Everything}, {ManageTokens, Own},
			}},
		{"5d1f3b0e-8f64-4a7e-9d5b-1f0c6d2b9a34", "Viewer", "reads everything and changes nothing", []Permission{{ReadContracts, Everything}, {ReadEnvironments, Everything}}},
	}
}

// Writer and Reader are what the users of the two passwords may do that a broker may
// be configured with. The first may do everything but say who may do what: its
// password is in the environment of every pipeline.
func Writer(name string) Who {
	return Who{Name: name, Kind: KindPassword, Permissions: []Permission{
		{ReadContracts, Everything}, {ManageContracts, Everything}, {DeleteInBulk, Everything}, {Record, Everything},
		{ReadEnvironments, Everything}, {ManageEnvironments, Everything}, {ManageWebhooks, Everything}, {ManageSecrets, Everything},
	}}
}

// Reader is the user of the password to read; see [Writer].
func Reader(name string) Who {
	return Who{Name: name, Kind: KindPassword, Permissions: []Permission{{ReadContracts, Everything}, {ReadEnvironments, Everything}}}
}
