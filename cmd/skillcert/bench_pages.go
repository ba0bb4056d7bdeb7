package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/skillcert/skillcert/engine/clock"
	fixtures "github.com/skillcert/skillcert/fixtures/demo"
)

// Beside what candidates do, their pages wait for news all the time, and consoles are looked at.
const (
	hallConsoles = 4 // rooms whose console is open; the office's is one more
	refreshEvery = 2 * time.Second
)

// listen is the page's question for news, asked again as soon as it is answered, until ctx ends. It returns how often it was
// answered, and runs beside what the candidate does.
func (s *sitter) listen(ctx context.Context) (heard int, err error) {
	defer s.news.hangUp()
	request := s.request("POST", s.path()+"/pulse", s.token, `{"window":"`+s.window+`","heard":0,"question":1,"unsaved":0,"away":false}`)
	for ctx.Err() == nil {
		_, err := s.news.do(ctx, request)
		switch {
		case ctx.Err() != nil:
			return heard, nil
		case err != nil:
			return heard, fmt.Errorf("news: %w", err)
		}
		heard++
	}
	return heard, nil
}

// onlooker is a console that is open.
type onlooker struct {
	sitter
	progress string
}

type onlookers []*onlooker

// consoles signs invigilators of some rooms and the office in.
func (h *examHall) consoles(ctx context.Context) (all onlookers, err error) {
	session := "/api/v1/sessions/" + string(h.session.ID)
	all = append(all, &onlooker{progress: session + "/progress"})
	logins := []string{"kaowu"}
	for i, room := range h.session.Rooms[:min(hallConsoles, len(h.session.Rooms)-1)] {
		all = append(all, &onlooker{progress: session + "/rooms/" + string(room.ID) + "/progress"})
		logins = append(logins, fmt.Sprintf("jiankao%d", 2*i+1))
	}
	for i, o := range all {
		o.wire = wire{address: h.address}
		if err := o.enter(ctx, logins[i]); err != nil {
			return nil, fmt.Errorf("sign %s in: %w", logins[i], err)
		}
	}
	return all, nil
}

func (o *onlooker) enter(ctx context.Context, login string) error {
	body, err := json.Marshal(map[string]string{"login": login, "password": fixtures.Password})
	if err != nil {
		return err
	}
	answer, err := o.do(ctx, o.request("POST", "/api/v1/sign-in", "", string(body)))
	if err != nil {
		return err
	}
	var got struct {
		Token string `json:"access_token"`
	}
	err = json.Unmarshal(answer, &got)
	o.token = got.Token
	return err
}

// watch refreshes the consoles for so long and returns what waits for the end of it.
func (all onlookers) watch(ctx context.Context, long time.Duration) (wait func()) {
	watch := clock.Start()
	var consoles sync.WaitGroup
	for i, o := range all {
		consoles.Go(func() {
			for due := refreshEvery * time.Duration(i) / time.Duration(len(all)); due < long && ctx.Err() == nil; due += refreshEvery {
				o.due(ctx, watch, due, watching, func(ctx context.Context) error {
					_, err := o.do(ctx, o.request("GET", o.progress, o.token, ""))
					return err
				})
			}
			o.hangUp()
		})
	}
	return consoles.Wait
}

// report adds the consoles' times and errors to those of the candidates.
func (all onlookers) report(r *loadResult) {
	c := make(crowd, len(all))
	for i, o := range all {
		c[i] = &o.sitter
	}
	failed, first := c.errors()
	if r.Errors += failed; r.first == nil {
		r.first = first
	}
	r.took[watching] = r.collected(c, watching)
	slices.Sort(r.took[watching])
}
