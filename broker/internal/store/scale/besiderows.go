package scale

import (
	"fmt"
	"slices"
	"strings"

	"github.com/treatyhq/treaty/broker/internal/kernel"
)

// This file has the rows that stand beside the history of pacts and results and
// grow with it: texts, answers of the gate, and what webhooks did.

// packedBodies are some documents of the usual size, as they are stored. What is in
// them is not looked at.
func packedBodies() ([][]byte, error) {
	var out [][]byte
	for i := range 64 {
		var b strings.Builder
		b.WriteString(`{"interactions":[`)
		for n := range 5 {
			if n > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `{"description":"a request for product %d of %x","request":{"method":"GET","path":"/products/%d"},"response":{"status":200,"body":{"id":%d,"name":"product %x"}}}`,
				n, i*7919, i*100+n, i*31+n, i*104729+n)
		}
		b.WriteString(`]}`)
		body, err := kernel.PackBody([]byte(b.String()))
		if err != nil {
			return nil, err
		}
		out = append(out, body)
	}
	return out, nil
}

// detailed is of how many results one brings the names of its tests along.
const detailed = 10

func (b *builder) details(yield func(...any) error) error {
	for id := int64(detailed); id <= int64(len(b.results)); id += detailed {
		if err := yield(id, b.bodies[id%int64(len(b.bodies))]); err != nil { // some JSON of the usual size
			return err
		}
	}
	return nil
}

const webhookID = "00000000-0000-4000-b000-000000000001"

// webhooks is one, which has fired for every content that was new. It no longer does:
// nobody is there.
func (b *builder) webhooks(yield func(...any) error) error {
	return yield(1, webhookID, false, "POST", "https://ci.example.com/verify", b.at(start), b.at(start))
}

func (b *builder) webhookEvents(yield func(...any) error) error {
	return yield(1, "contract_content_changed", 0)
}

func (b *builder) firings(yield func(...any) error) error {
	context := `{"EventNames":["contract_content_changed"],"ConsumerVersion":"1.17.0","Branch":"main","BuildURL":"https://ci.example.com/builds/123456"}`
	return b.forContents(func(p pair, content int) error {
		born := b.born(content)
		at := b.at(b.seen(born))
		publication := b.publicationID(born, p.index)
		return yield(content+1, fmt.Sprintf("00000000-0000-4000-c000-%012d", content), 1, webhookID, "contract_content_changed", context,
			p.consumer+1, p.provider+1, publication, "success", 1, at, at)
	})
}

func (b *builder) attempts(yield func(...any) error) error {
	log := strings.Repeat("> POST /verify HTTP/1.1\n", 20)
	return b.forContents(func(_ pair, content int) error {
		return yield(content+1, content+1, true, log, b.at(b.seen(b.born(content))))
	})
}

// asked is of how many versions one was asked about, beside those that were
// deployed.
const asked = 4

// answers are a yes for one version in some.
func (b *builder) answers(yield func(...any) error) error {
	id := 0
	return b.forVersions(func(version, app int) error {
		if version%asked != 0 {
			return nil
		}
		id++
		number, at := fmt.Sprintf("1.%d.0", version), b.at(b.seen(version))
		question := fmt.Sprintf(`{"Selectors":[{"Pacticipant":%q,"Version":%q,"Latest":false,"Tag":"","Branch":"","MainBranch":false,"Environment":""}],"Ignore":null,`+
			`"Target":{"Latest":false,"Tag":"","Branch":"","MainBranch":false,"Environment":"production"},"LatestBy":"cvpv","Original":false}`, appName(app), number)
		return yield(id, appName(app), number, Environment, 1, question, fmt.Sprintf("%034x", id), b.answer(app, number), fmt.Sprintf("%032x", id), 1, at, at)
	})
}

// answer has a row for each of the pairs of an application.
func (b *builder) answer(app int, number string) string {
	var out strings.Builder
	pairs := slices.Concat(b.byApp[app], b.byUser[app])
	fmt.Fprintf(&out, `{"counts":{"Success":%d,"Failed":0,"Unknown":0,"Ignored":0},"notices":[{"Level":"success","Text":"Every required verification result is there, and all are successful"}],"rows":[`, len(pairs))
	for n, i := range pairs {
		if n > 0 {
			out.WriteByte(',')
		}
		p := b.pairs[i]
		fmt.Fprintf(&out, `{"Consumer":%q,"ConsumerVersion":%q,"Provider":%q,"ProviderVersion":%q,"Unproven":null,"SHA":"%040x","ResultNumber":%d,"Outcome":1,"Ignored":false}`,
			appName(p.consumer), number, appName(p.provider), number, p.first+1, p.first*50)
	}
	return out.String() + "]}"
}
