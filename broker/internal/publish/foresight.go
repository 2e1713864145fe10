package publish

import (
	"slices"
	"time"

	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/webhook"
)

// several reports whether a publication writes rows that another one may write in
// another order.
func (in ContractsPublication) several() bool { return len(in.Contracts) > 1 || len(in.Tags) > 1 }

func (in ContractsPublication) version(of kernel.Pacticipant, at time.Time) kernel.Version {
	return kernel.Version{Pacticipant: of.Party(), Number: in.VersionNumber, BuildURL: in.BuildURL, CreatedAt: at}
}

// foresee says what publishing is going to ask and to lock, in the order in which
// it locks.
func (s *Service) foresee(tx kernel.Tx, in ContractsPublication, pacts []gathered, at time.Time) error {
	return tx.Foresee(func(ahead kernel.Tx) {
		parties, err := ahead.FindPacticipants(sortedUnique(in.names())...)
		p, known := parties[in.Pacticipant]
		if err != nil || !known {
			return
		}
		if in.several() || s.registry.MayDetectMainBranch(p, append(slices.Clone(in.Tags), in.Branch)...) {
			_ = ahead.Lock(kernel.ToChange, p.Row()) // what it says comes later
			_, _ = ahead.FindPacticipantByID(p.ID)
		}
		v, isNew, err := ahead.EnsureVersion(in.version(p, at))
		v.Pacticipant = p.Party()
		listening, _ := ahead.HasWebhooks()
		if in.Branch != "" {
			branch, _, missing := ahead.EnsureBranch(p.ID, in.Branch, at)
			if err == nil && missing == nil && !isNew {
				_, _ = ahead.CountBranches(v.ID)
				_, _ = ahead.AddToBranch(branch, v, false, at)
			}
		}
		if in.Branch == "" && len(in.Tags) > 0 {
			s.registry.ForeseeFirstTag(ahead, p, in.Tags[0], at)
		}
		if err == nil && !isNew && len(in.Tags) > 0 {
			_, _ = ahead.CountTags(v.ID)
		}
		for _, g := range pacts {
			if provider, known := parties[g.provider]; known {
				cause := webhook.Cause{At: at, Version: v, Provider: provider.Party(), ProviderMain: provider.MainBranch}
				foreseePact(ahead, cause, isNew, g.doc, in.Tags)
				_, _ = ahead.ProviderHasVerified(p.ID, provider.ID)
				if listening {
					_, _ = ahead.MatchingWebhooks(p.Party(), provider.Party())
				}
			}
		}
	})
}

// foreseePact says what publishing one pact is going to ask. The version of the
// cause is zero while it is not known.
func foreseePact(ahead kernel.Tx, c webhook.Cause, isNew bool, doc document, tags []string) {
	if c.Version.ID != 0 && !isNew {
		if former, err := ahead.FindPublication(c.Version.ID, c.Provider.ID); err == nil {
			c.Former = &former
		} else if !kernel.IsNotFound(err) {
			return
		}
		if len(tags) == 0 {
			_, _ = ahead.TagsOf([]int64{c.Version.ID})
		}
	}
	content := kernel.Content{ConsumerID: c.Version.Pacticipant.ID, ProviderID: c.Provider.ID, SHA: doc.sha}
	id, _, err := ahead.EnsureContent(content)
	if err == nil {
		c.Publication.ContentID = id
		_, _ = ahead.Body(id)
	}
	if c.Version.ID != 0 && c.Former == nil {
		_, _ = ahead.AddPublication(kernel.NewPublication{Version: c.Version, Provider: c.Provider, ContentID: id, SHA: doc.sha, At: c.At})
	}
	webhook.ForeseeEvents(ahead, c, tags)
}
