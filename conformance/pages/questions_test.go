//go:build pages

package pages_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// question is something that somebody wants to know, and where a page tells it.
type question struct {
	asks string
	// clicks are the links to follow from the start page: each is an expression
	// for the element.
	clicks []string
	// place is the heading or other mark that the eye looks for, as the guide names it.
	page, place string
	// answer is what stands there: an expression that is true.
	answer string
}

// row is a row of a table by a text in it.
func row(table, has string) string {
	return fmt.Sprintf("[...document.querySelectorAll(%q)].find((e) => e.textContent.includes(%q))", table+" tbody tr", has)
}

// within is the first link below an element with that text.
func within(element, text string) string {
	return fmt.Sprintf("[...(%s).querySelectorAll('a')].find((e) => e.textContent.trim().startsWith(%q))", element, text)
}

// link is the first link of the page's content, or of its navigation, with that text.
func link(text string) string { return within("document.body", text) }

// says reports whether an element has all these texts.
func says(element string, texts ...string) string {
	out := fmt.Sprintf("!!(%s)", element)
	for _, text := range texts {
		out += fmt.Sprintf(" && (%s).textContent.replace(/\\s+/g, ' ').includes(%q)", element, text)
	}
	return out
}

// after is all that stands after a heading, up to the next.
func after(heading string) string {
	return fmt.Sprintf(`(() => {
		const h = [...document.querySelectorAll("h2")].find((e) => e.textContent.startsWith(%q));
		const out = document.createElement("div");
		for (let e = h?.nextElementSibling; e && e.nodeName !== "H2"; e = e.nextElementSibling) out.append(e.cloneNode(true));
		return h ? out : null;
	})()`, heading)
}

// questions are asked of the crowded shop. Nobody needs more than two clicks.
var questions = []question{
	{"Is anything blocked?", nil, "Now", "Blocked", says(after("Blocked"), "not proven", "failed")},
	{"Who blocks Checkout Service on its way to production, and since when?", nil, "Now", "Blocked", says(row("#blocked + .table", "23b484f345"), "Payments API", "has not verified", "Checkout Service", "production", "3 hours ago")},
	{"Whose is it?", nil, "Now", "Blocked, Owner", says(row("#blocked + .table", "fails"), "payments")},
	{"What waits for a verification, and for how long?", nil, "Now", "Waiting for a verification", says(after("Waiting for a verification"), "Mobile App → Notification Hub", "2 days ago")},
	{"Does what runs in production fit together?", nil, "Now", "Environments", says(after("Environments"), "production", "fits", "All 48 pairs that meet here are verified")},
	{"What happened last?", nil, "Now", "What happened last", says(after("What happened last"), "Payments API", "10 minutes ago")},
	{"Which interaction broke?", []string{within(row("#blocked + .table", "fails"), "result")}, "Result", "2 failed", says("document.querySelector('details.interaction')", "POST /payments", "a payment that the bank asks about")},
	{"What was expected, and what came instead?", []string{within(row("#blocked + .table", "fails"), "result")}, "Result", "2 failed", says("document.querySelector('details.interaction table')", "status", "200", "418")},
	{"How do I run it again?", []string{within(row("#blocked + .table", "fails"), "result")}, "Result", "Run it again", says(after("Run it again"), "treaty verify")},
	{"What would change the answer?", []string{within(row("#blocked + .table", "has not verified Checkout"), "production")}, "Can I deploy?", "Why not", says("document.querySelector('main')", "treaty verify")},
	{"May the main branch of Payments API go to staging?", []string{within(row("#blocked + .table", "fails"), "Payments API")}, "one application", "May it go?", says("[...document.querySelectorAll('li.card')].find((e) => e.textContent.includes('staging'))", "not proven", "No verification result is known")},
	{"What will its next verification get?", []string{within(row("#blocked + .table", "fails"), "Payments API")}, "one application", "What its next verification gets", says(after("What its next verification gets"), "contracts", "pending")},
	{"What happens if I remove price?", []string{within(row("#blocked + .table", "fails"), "Payments API"), link("what consumers use of it")}, "what consumers use of it", "By what is used", says(row("#uses", "$.price"), "Admin Console", "Checkout Service", "production")},
	{"What changed in the contract?", []string{within(row("#blocked + .table", "fails"), "contract"), link("what changed in it")}, "Contract diff", "By meaning", says(after("By meaning"), "added", "the receipt of a payment")},
	{"Since when do they not fit, and what was the last that did?", []string{within(row("#blocked + .table", "fails"), "history")}, "Integration matrix", "the answer", says("document.querySelector('main')", "Last good", "First bad")},
	{"Where does this version run, and may it go on?", []string{within(row("#blocked + .table", "fails"), "24bbc66c15")}, "Version", "Where it runs and ran", says("document.querySelector('main')", "May it go?", "development", "deployed")},
	{"What runs in production?", []string{within("document.querySelector('.cards')", "production")}, "one environment", "What is here", says(after("What is here"), "Checkout Service", "1317dca978")},
	{"Who depends on Product Catalog?", []string{link("Applications"), link("Product Catalog")}, "one application", "Provider for", says(after("Provider for"), "Storefront", "Search")},
	{"Did the webhook fire?", []string{link("Webhooks"), link("Tell the chat")}, "one webhook", "Why it did or did not fire", says(after("Why it did or did not fire"), "a verification fails", "✓ yes")},
	{"Is the broker well, and how much does it keep?", []string{link("Admin")}, "Admin", "Storage", says(after("Storage"), "result")},
}

func TestTwentyQuestionsAreAnsweredInTwoClicks(t *testing.T) {
	t.Parallel()
	require.Len(t, questions, 20)
	s := crowded(t)
	p := open(t, s.base, screen{width: 1280})
	for _, q := range questions {
		t.Run(q.asks, func(t *testing.T) {
			require.LessOrEqual(t, len(q.clicks), 2)
			p.visitWithScript("/")
			for _, click := range q.clicks {
				require.True(t, ask[bool](p, "!!("+click+")"), click)
				p.follow(click)
			}
			if !ask[bool](p, q.answer) {
				require.Fail(t, "the page says something else", "%s\n%s", p.at(), ask[string](p, said))
			}
		})
	}
	p.quiet()
}

// follow goes where a link leads.
func (p *tab) follow(link string) {
	p.Helper()
	address := ask[string](p, "("+link+").getAttribute('href')")
	require.True(p, strings.HasPrefix(address, "/"), address)
	p.visitWithScript(address)
}

// The guide has the same questions, with where to look.
func TestTheGuideTellsWhereToLook(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/guide/dashboard.md")
	require.NoError(t, err)
	var told []string
	for _, line := range regexp.MustCompile(`(?m)^\| (.*\?) \| (.*) \| (.*) \| (\d) \|$`).FindAllStringSubmatch(string(text), -1) {
		told = append(told, strings.Join(line[1:], " | "))
	}
	var want []string
	for _, q := range questions {
		want = append(want, fmt.Sprintf("%s | %s | %s | %d", q.asks, q.page, q.place, len(q.clicks)))
	}
	require.Equal(t, want, told)
}
