package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// partners is how many integrations the application has that the gate is asked about.
const partners = 10

var askWhat = fmt.Sprintf("can-i-deploy, %d integrations", partners)

// question is about an application whose partners are all in production.
func (w *worker) question() string {
	return "/can-i-deploy?pacticipant=asker-" + w.name + "&version=1&environment=production"
}

// deployPartners publishes an application's pacts with all its partners, has them
// verified, and deploys the partners to production.
func (w *worker) deployPartners(ctx context.Context) error {
	consumer := "asker-" + w.name
	var providers []string
	for i := range partners {
		providers = append(providers, "partner-"+strconv.Itoa(i)+"-"+w.name)
	}
	if err := w.http.publish(ctx, consumer, "1", providers...); err != nil {
		return err
	}
	for _, provider := range providers {
		if err := w.deployPartner(ctx, consumer, provider); err != nil {
			return err
		}
	}
	answer, err := w.http.send(ctx, http.MethodGet, w.question(), "")
	if err == nil && !bytes.Contains(answer, []byte(`"deployable":true`)) {
		err = fmt.Errorf("%s: the answer is not yes: %.300s", w.question(), answer)
	}
	return err
}

func (w *worker) deployPartner(ctx context.Context, consumer, provider string) error {
	pact, err := w.http.send(ctx, http.MethodGet, latest(provider, consumer), "")
	if err != nil {
		return err
	}
	results, err := resultsOf(pact)
	if err != nil {
		return err
	}
	if _, err := w.http.send(ctx, http.MethodPost, results, `{"success":true,"providerApplicationVersion":"1"}`); err != nil {
		return err
	}
	production, err := w.http.production(ctx)
	if err != nil {
		return err
	}
	_, err = w.http.send(ctx, http.MethodPost, "/pacticipants/"+provider+"/versions/1/deployed-versions/environment/"+production, `{}`)
	return err
}

// production is the UUID of the environment, which the first to ask makes.
func (c *connection) production(ctx context.Context) (string, error) {
	answer, err := c.send(ctx, http.MethodGet, "/environments", "")
	if err != nil {
		return "", err
	}
	type environment struct{ UUID, Name string }
	var all struct {
		Embedded struct {
			Environments []environment `json:"environments"`
		} `json:"_embedded"`
	}
	if err := json.Unmarshal(answer, &all); err != nil {
		return "", fmt.Errorf("read the environments: %w", err)
	}
	for _, e := range all.Embedded.Environments {
		if e.Name == "production" {
			return e.UUID, nil
		}
	}
	answer, err = c.send(ctx, http.MethodPost, "/environments", `{"name":"production","production":true}`)
	if err != nil {
		return "", err
	}
	var made environment
	err = json.Unmarshal(answer, &made)
	return made.UUID, err
}

// ask asks whether the application may be deployed.
func (w *worker) ask(ctx context.Context) error {
	_, err := w.http.send(ctx, http.MethodGet, w.question(), "")
	return err
}
