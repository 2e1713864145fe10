package store

import (
	"strings"
	"sync"
	"sync/atomic"
)

// tables is a set of the tables that a transaction keeps something of: rows that
// wait to be written, or what it knows without asking.
type tables uint32

const (
	tableBranch tables = 1 << iota
	tableBranchVersion
	tableHeadPact
	tableContentState
	tableIntegration
	tableTag
	tableTagHead
	tablePublication
	tableVerification
	tablePacticipant
	tableVersion
	tableEnvironment
	tableLabel
	tableContent
	tableContentBody
	tablePactCurrent
	tableVerificationDetail
	tableVerificationCurrent
	tableScopeSuccess
	tableDeployedVersion
	tableDeployedCurrent
	tableReleasedVersion
	tableRollout
	tableWebhook
	tableWebhookEvent
	tableTriggeredWebhook
	tableWebhookAttempt

	everyTable = 1<<iota - 1
)

var tableNames = map[string]tables{
	"branch": tableBranch, "branch_version": tableBranchVersion, "head_pact": tableHeadPact,
	"content_state": tableContentState, "integration": tableIntegration,
	"tag": tableTag, "tag_head": tableTagHead, "publication": tablePublication, "verification": tableVerification,
	"pacticipant": tablePacticipant, "version": tableVersion, "environment": tableEnvironment, "label": tableLabel,
	"content": tableContent, "content_body": tableContentBody, "pact_current": tablePactCurrent,
	"verification_detail": tableVerificationDetail, "verification_current": tableVerificationCurrent,
	"content_scope_success": tableScopeSuccess, "deployed_version": tableDeployedVersion, "deployed_current": tableDeployedCurrent,
	"released_version": tableReleasedVersion, "rollout": tableRollout, "webhook": tableWebhook, "webhook_event": tableWebhookEvent,
	"triggered_webhook": tableTriggeredWebhook, "webhook_attempt": tableWebhookAttempt,
}

// touches is what a statement may read and write.
type touches struct {
	tables tables
	writes bool
	// locks says that it waits for who has the row: what was read before may be
	// from before that.
	locks bool
	// facts says that it writes to one of those tables, and not only to what the
	// broker works with, such as kept answers of the gate.
	facts bool
}

// touchesOf reads a statement's text. It errs on the side of more: any word that
// is a table's name counts, what it cannot read touches everything, and so does
// what deletes, because rows of other tables may go along.
func touchesOf(query string) touches {
	var out touches
	rest, before := query, ""
	for {
		word, after := nextWord(rest)
		if word == "" {
			break
		}
		rest = after
		if before == "" && !beginnings[word] {
			return touches{tables: everyTable, writes: true, facts: true}
		}
		switch word {
		case "delete":
			return touches{tables: everyTable, writes: true, facts: before != "" || tableNames[target(rest)] != 0}
		case "insert", "replace":
			out.writes = true
			out.facts = out.facts || tableNames[target(rest)] != 0
		case "update": // not a lock: FOR UPDATE, FOR NO KEY UPDATE
			out.writes = out.writes || before != "key" && before != "for"
			out.locks = out.locks || before == "key" || before == "for"
			out.facts = out.facts || tableNames[target(rest)] != 0
		default:
			out.tables |= tableNames[word]
		}
		before = word
	}
	return out
}

// target is the table that a statement writes to, by what comes after its verb. The
// UPDATE of a lock or of ON CONFLICT names none.
func target(rest string) string {
	word, rest := nextWord(rest)
	if word == "into" || word == "from" {
		word, _ = nextWord(rest)
	}
	return word
}

// beginnings are the first words of statements that can be read.
var beginnings = map[string]bool{"select": true, "with": true, "insert": true, "update": true, "delete": true}

// nextWord returns the first name or keyword of text, in lower case, and what
// comes after it.
func nextWord(text string) (word, rest string) {
	isWord := func(r rune) bool { return r == '_' || '0' <= r && r <= '9' || 'a' <= r|0x20 && r|0x20 <= 'z' }
	begin := strings.IndexFunc(text, isWord)
	if begin < 0 {
		return "", ""
	}
	text = text[begin:]
	end := strings.IndexFunc(text, func(r rune) bool { return !isWord(r) })
	if end < 0 {
		end = len(text)
	}
	return strings.ToLower(text[:end]), text[end:]
}

// read are the texts that have been read. Most are a few hundred that come again
// and again; beyond that none is kept, as some vary with what is asked.
var (
	read     sync.Map
	readSize atomic.Int64
)

const readAtMost = 2000

// touched is touchesOf for a text that may come again.
func touched(query string) touches {
	if known, ok := read.Load(query); ok {
		return known.(touches)
	}
	out := touchesOf(query)
	if readSize.Load() < readAtMost {
		readSize.Add(1)
		read.Store(query, out)
	}
	return out
}
