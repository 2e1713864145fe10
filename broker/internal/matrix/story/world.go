package story

import (
	"sort"
	"time"

	"github.com/treatyhq/treaty/broker/internal/matrix"
)

// World is a history in memory. It implements matrix.Reader, by plain loops.
type World struct {
	apps         map[string]*matrix.Pacticipant
	byID         map[int64]*matrix.Pacticipant
	versions     []matrix.Version
	publications []matrix.Publication
	current      map[pactKey]int // index into publications
	contents     map[contentKey]int64
	results      []matrix.Result
	branches     map[branchKey][]int64 // members in the order of adding
	tags         map[branchKey][]int64
	deployed     map[slotKey]int64
	candidates   map[slotKey]int64
	released     map[releaseKey]bool
	integrations []matrix.Integration
	environments map[string]bool
	nextID       int64
	now          time.Time
}

type (
	pactKey    struct{ version, provider int64 }
	contentKey struct {
		consumer, provider int64
		word               string
	}
	branchKey struct {
		app  int64
		name string
	}
	slotKey struct {
		app         int64
		environment string
		instance    string
	}
	releaseKey struct {
		version     int64
		environment string
	}
)

// NewWorld returns a world in which nothing has happened.
func NewWorld() *World {
	return &World{
		apps: map[string]*matrix.Pacticipant{}, byID: map[int64]*matrix.Pacticipant{},
		current: map[pactKey]int{}, contents: map[contentKey]int64{},
		branches: map[branchKey][]int64{}, tags: map[branchKey][]int64{},
		deployed: map[slotKey]int64{}, candidates: map[slotKey]int64{}, released: map[releaseKey]bool{}, environments: map[string]bool{},
		now: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC),
	}
}

// Play adds the steps to the history.
func (w *World) Play(steps []Step) *World {
	for _, s := range steps {
		w.now = w.now.Add(time.Minute)
		w.play(s)
	}
	return w
}

func (w *World) play(s Step) {
	switch s.Verb {
	case AddEnvironment:
		w.environments[s.Environment] = true
		return
	case SetMainBranch:
		w.app(s.App).MainBranch = s.Branch
		return
	default: // a version acts, below
	}
	app := w.app(s.App)
	version := w.version(app, s.Number)
	w.decorate(app, version, s)
	switch s.Verb {
	case Publish:
		w.publish(app, version, w.app(s.Partner), s.Content)
	case Verify:
		w.verify(version, w.app(s.Partner), s.PartnerNumber, app, s.Success)
	case Deploy, Undeploy, StartRollout, Promote, Abort:
		w.environments[s.Environment] = true
		w.place(slotKey{app.ID, s.Environment, s.Instance}, version.ID, s.Verb)
	case Release:
		w.environments[s.Environment] = true
		w.released[releaseKey{version.ID, s.Environment}] = true
	case Unrelease:
		delete(w.released, releaseKey{version.ID, s.Environment})
	default: // the version is there now, which is all
	}
}

// place is what is current in a slot, and what is its candidate.
func (w *World) place(at slotKey, version int64, verb Verb) {
	current, candidate := w.deployed[at] == version, w.candidates[at] == version
	switch {
	case verb == Deploy && current: // both stay
	case verb == Deploy, verb == Promote && candidate:
		w.deployed[at] = version
		delete(w.candidates, at)
	case verb == Undeploy && current:
		delete(w.deployed, at)
	case (verb == Undeploy || verb == Abort) && candidate:
		delete(w.candidates, at)
	case verb == StartRollout && !current && w.candidates[at] == 0:
		w.candidates[at] = version
	}
}

// decorate puts the version on its branch and gives it its tags.
func (w *World) decorate(app *matrix.Pacticipant, v matrix.Version, s Step) {
	if s.Branch != "" {
		key := branchKey{app.ID, s.Branch}
		w.branches[key] = appendNew(w.branches[key], v.ID)
	}
	for _, t := range s.Tags {
		key := branchKey{app.ID, t}
		w.tags[key] = appendNew(w.tags[key], v.ID)
	}
}

func appendNew(ids []int64, id int64) []int64 {
	for _, known := range ids {
		if known == id {
			return ids
		}
	}
	return append(ids, id)
}

func (w *World) id() int64 {
	w.nextID++
	return w.nextID
}

func (w *World) app(name string) *matrix.Pacticipant {
	if a := w.apps[name]; a != nil {
		return a
	}
	a := &matrix.Pacticipant{ID: w.id(), Name: name}
	w.apps[name], w.byID[a.ID] = a, a
	return a
}

func (w *World) version(app *matrix.Pacticipant, number string) matrix.Version {
	for _, v := range w.versions {
		if v.PacticipantID == app.ID && v.Number == number {
			return v
		}
	}
	id := w.id()
	v := matrix.Version{ID: id, Order: id, PacticipantID: app.ID, Number: number, CreatedAt: w.now}
	w.versions = append(w.versions, v)
	return v
}

func (w *World) publish(consumer *matrix.Pacticipant, v matrix.Version, provider *matrix.Pacticipant, word string) {
	key := contentKey{consumer.ID, provider.ID, word}
	if w.contents[key] == 0 {
		w.contents[key] = w.id()
	}
	p := matrix.Publication{
		ID: w.id(), Consumer: *consumer, ConsumerVersion: v, Provider: *provider,
		ContentID: w.contents[key], SHA: word, Revision: 1, CreatedAt: w.now,
	}
	if i, again := w.current[pactKey{v.ID, provider.ID}]; again {
		if w.publications[i].ContentID == p.ContentID {
			return
		}
		p.Revision = w.publications[i].Revision + 1
	}
	w.current[pactKey{v.ID, provider.ID}] = len(w.publications)
	w.publications = append(w.publications, p)
	for _, in := range w.integrations {
		if in.Consumer.ID == consumer.ID && in.Provider.ID == provider.ID {
			return
		}
	}
	w.integrations = append(w.integrations, matrix.Integration{Consumer: *consumer, Provider: *provider})
}

// verify adds a result for what the consumer version has published by now. A
// version without a pact gives none.
func (w *World) verify(pv matrix.Version, consumer *matrix.Pacticipant, number string, provider *matrix.Pacticipant, success bool) {
	for _, v := range w.versions {
		if v.PacticipantID != consumer.ID || v.Number != number {
			continue
		}
		if i, ok := w.current[pactKey{v.ID, provider.ID}]; ok {
			id := w.id()
			w.results = append(w.results, matrix.Result{
				ID: id, Number: id, ContentID: w.publications[i].ContentID, ProviderVersion: pv,
				Success: success, CreatedAt: w.now, ExecutedAt: w.now,
			})
		}
	}
}

// HasEnvironment reports whether a step named the environment.
func (w *World) HasEnvironment(name string) bool { return w.environments[name] }

// live returns the versions of an application in an environment, by identity.
func (w *World) live(app int64, environment string) []int64 {
	var ids []int64
	for _, there := range []map[slotKey]int64{w.deployed, w.candidates} {
		for slot, version := range there {
			if slot.app == app && slot.environment == environment {
				ids = appendNew(ids, version)
			}
		}
	}
	for _, v := range w.versions {
		if v.PacticipantID == app && w.released[releaseKey{v.ID, environment}] {
			ids = appendNew(ids, v.ID)
		}
	}
	sort.Slice(ids, func(i, j int) bool { return ids[i] < ids[j] })
	return ids
}

// firm reports whether a version stays in an environment however rollouts end.
func (w *World) firm(v matrix.Version, environment string) bool {
	for slot, version := range w.deployed {
		if version == v.ID && slot.environment == environment {
			return true
		}
	}
	return w.released[releaseKey{v.ID, environment}]
}
