package kernel

// FindParty returns the pacticipant or an error that names its role.
func FindParty(tx Tx, role Role, name string) (Pacticipant, error) {
	p, err := tx.FindPacticipant(name)
	if IsNotFound(err) {
		return p, UnknownName(role, name)
	}
	return p, err
}

// FindPair returns consumer and provider.
func FindPair(tx Tx, consumer, provider string) (c, p Pacticipant, err error) {
	if c, err = FindParty(tx, RoleConsumer, consumer); err != nil {
		return c, p, err
	}
	p, err = FindParty(tx, RoleProvider, provider)
	return c, p, err
}

// findBoth is findPair without a reason why there is none.
func findBoth(tx Tx, consumer, provider string) (c, p Pacticipant, err error) {
	found, err := tx.FindPacticipants(consumer, provider)
	if err != nil {
		return c, p, err
	}
	for _, name := range []string{consumer, provider} {
		if _, ok := found[name]; !ok {
			return c, p, Errorf(CodeNotFound, "not found")
		}
	}
	return found[consumer], found[provider], nil
}

// FindIntegration returns CodeNotFound if there is nothing between the two.
func FindIntegration(tx Tx, consumer, provider Pacticipant) error {
	_, err := tx.FindIntegration(consumer.ID, provider.ID)
	if IsNotFound(err) {
		return Errorf(CodeNotFound, "there is no pact between %s and %s", consumer.Name, provider.Name)
	}
	return err
}

// FindVersion returns CodeNotFound without a reason: an address of a version
// says nothing about which part of it is unknown.
func FindVersion(tx Tx, pacticipant, number string) (Version, error) {
	p, err := tx.FindPacticipant(pacticipant)
	if err != nil {
		return Version{}, err
	}
	return tx.FindVersion(p.ID, number)
}

// LatestVersion returns the latest version, of those with the tag or the head of
// the branch if q names one.
func LatestVersion(tx Tx, p Pacticipant, q LatestVersionQuery) (Version, error) {
	switch {
	case q.Tag != "":
		return tx.FindTagHead(p.ID, q.Tag)
	case q.Branch != "":
		branch, err := tx.FindBranch(p.ID, q.Branch)
		if err != nil {
			return Version{}, err
		}
		return tx.FindVersionByID(branch.HeadVersionID)
	}
	return tx.FindLatestVersion(p.ID)
}

// FindContent returns the content that a digest names, with its pair. What does
// not exist is CodeNotFound without a reason.
func FindContent(tx Tx, consumer, provider, sha string) (c, p Pacticipant, content Content, err error) {
	if c, p, err = findBoth(tx, consumer, provider); err != nil {
		return c, p, content, err
	}
	content, err = tx.FindContent(c.ID, p.ID, sha)
	return c, p, content, err
}

// FindVerification returns what q names, without details.
func FindVerification(tx Tx, q VerificationQuery) (Verification, error) {
	if q.Pact.SHA != "" {
		_, _, content, err := FindContent(tx, q.Pact.Consumer, q.Pact.Provider, q.Pact.SHA)
		if err != nil {
			return Verification{}, err
		}
		if q.Number != 0 {
			return tx.FindVerification(content.ID, q.Number)
		}
		return tx.LatestVerification(content.ID)
	}
	p, _, err := FindPublication(tx, q.Pact)
	if err != nil {
		return Verification{}, err
	}
	if q.Number != 0 {
		return tx.FindVerification(p.ContentID, q.Number)
	}
	return tx.LatestVerification(p.ContentID)
}
