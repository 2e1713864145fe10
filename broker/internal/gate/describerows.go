package gate

import (
	"github.com/treatyhq/treaty/broker/internal/kernel"
	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// DescribeRows adds to the rows what their resources show, in three look-ups
// for all versions together.
func DescribeRows(tx kernel.Tx, rows []matrix.Row) ([]MatrixRow, error) {
	described, err := describeVersions(tx, rows)
	if err != nil {
		return nil, err
	}
	out := make([]MatrixRow, len(rows))
	for i, r := range rows {
		p := r.Publication
		out[i] = MatrixRow{
			Consumer:        kernel.Party{ID: p.Consumer.ID, Name: p.Consumer.Name},
			ConsumerVersion: *described[p.ConsumerVersion.ID],
			Provider:        kernel.Party{ID: p.Provider.ID, Name: p.Provider.Name},
			PactCreatedAt:   p.CreatedAt, Revision: p.Revision, SHA: p.SHA, ContentID: p.ContentID,
			Ignored: r.Ignored,
		}
		if r.ProviderVersion != nil {
			out[i].ProviderVersion = described[r.ProviderVersion.ID]
		}
		if r.Result != nil {
			out[i].Verification = &MatrixVerification{Number: r.Result.Number, Success: r.Result.Success, Telling: r.Result.Telling, VerifiedAt: r.Result.ExecutedAt}
		}
		for _, v := range r.Unproven {
			out[i].Unproven = append(out[i].Unproven, v.Number)
		}
	}
	return out, nil
}

func describeVersions(tx kernel.Tx, rows []matrix.Row) (map[int64]*MatrixVersion, error) {
	out := map[int64]*MatrixVersion{}
	var ids []int64
	add := func(v matrix.Version) {
		if out[v.ID] == nil {
			out[v.ID] = &MatrixVersion{ID: v.ID, Number: v.Number}
			ids = append(ids, v.ID)
		}
	}
	for _, r := range rows {
		add(r.Publication.ConsumerVersion)
		if r.ProviderVersion != nil {
			add(*r.ProviderVersion)
		}
	}
	if len(ids) == 0 {
		return out, nil
	}
	var branches map[int64][]kernel.BranchVersion
	var tags map[int64][]kernel.Tag
	var environments map[int64][]kernel.Environment
	if err := tx.Together(func() (err error) {
		branches, tags, err = kernel.BranchesAndTagsOf(tx, ids)
		return err
	}, func() (err error) {
		environments, err = tx.LiveEnvironmentsOf(ids)
		return err
	}); err != nil {
		return nil, err
	}
	for id, v := range out {
		v.Branches, v.Tags, v.Environments = branches[id], tags[id], environments[id]
	}
	return out, nil
}
