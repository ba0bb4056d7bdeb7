package api

import (
	"context"
	"strings"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// fillAside fills in the draws that were put aside.
func (s *Server) fillAside(ctx context.Context, v *web.DrawView, d *theory.Draw) (err error) {
	for _, a := range d.Aside {
		row := web.DrawAside{At: a.At, Reason: a.Reason, Second: strings.Join(signers(a), "、")}
		if row.By, err = s.accountName(ctx, a.By); err != nil {
			return err
		}
		if row.Second == "" {
			if row.Second, err = s.accountName(ctx, a.Second); err != nil {
				return err
			}
		}
		if len(a.Log) > 0 {
			row.Last = a.Last.String()
		}
		v.Aside = append(v.Aside, row)
	}
	return nil
}

// signers are the names of the custodians who signed that a draw be put aside, as its own log has them.
func signers(a theory.Aside) (names []string) {
	if len(a.Log) == 0 {
		return nil
	}
	terms, _ := a.Log[0].Event.(protocol.Terms)
	for _, s := range a.Signatures {
		if s.Custodian >= 1 && s.Custodian <= len(terms.Custodians) {
			names = append(names, terms.Custodians[s.Custodian-1].Name)
		}
	}
	return names
}

// fillProposed fills in what is proposed, and whether the reader may confirm it. One that the draw has gone past is
// not shown: it can only be made anew.
func (s *Server) fillProposed(ctx context.Context, v *web.DrawView, d *theory.Draw, by authz.Principal, early bool) error {
	p := d.Proposed
	if v.Seconded = d.Seconded(); p == nil || !d.Stands() {
		return nil
	}
	name, err := s.accountName(ctx, p.By)
	mine := p.By == by.Account
	v.Proposed = &web.DrawProposed{Reason: p.Reason, Signed: len(p.Signatures), By: name, Mine: mine,
		MayConfirm: v.MayRun && v.Seconded && !mine && early}
	return err
}

// stopped lists the items of the session's forms that the bank has taken out of use. The page is there without the list,
// and says so.
func (s *Server) stopped(ctx context.Context, by authz.Principal, id sitting.SessionID, v *web.DrawView) {
	all, err := s.Exams.Stopped(ctx, by, id)
	for _, x := range all {
		v.Stopped = append(v.Stopped, web.DrawStopped{Code: x.Code, State: string(x.State), Reason: x.Reason, Forms: x.Forms, Started: x.Started, Reserves: x.Reserves})
	}
	if p := problem(err); err != nil && v.Problem == nil {
		v.Problem = p.onPage()
	}
}
