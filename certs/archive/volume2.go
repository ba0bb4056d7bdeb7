package archive

import (
	"context"
	"slices"

	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank"
)

// plans hands on volume 2: the body's filing, its plan, the session as it was set, the policy and the blueprint.
func (s *source) plans(ctx context.Context, to put) error {
	data, err := document(s.body)
	if err := to(Plans, "机构备案.json", "评价机构及其备案", data, err); err != nil {
		return err
	}
	plan, err := s.plan(ctx)
	if err != nil {
		return err
	}
	if data, err = document(plan); plan != nil {
		if err := to(Plans, "认定计划.json", "认定计划", data, err); err != nil {
			return err
		}
	}
	session := *s.session
	session.Code = "" // it admits together with a ticket
	data, err = document(&session)
	if err := to(Plans, "场次方案.json", "场次：时间、考场、人员、座位方案及其变更", data, err); err != nil {
		return err
	}
	data, err = document(s.policy)
	if err := to(Plans, "政策数据.json", "归档时适用的政策数据及其出处（场次所用编号 "+s.session.Policy+"）", data, err); err != nil {
		return err
	}
	return s.blueprint(ctx, to)
}

// plan is the session's plan, nil when it is not there any more.
func (s *source) plan(ctx context.Context) (*sitting.Plan, error) {
	all, err := s.rooms.Sittings.Plans(ctx, s.by)
	if err != nil {
		return nil, err
	}
	if at := slices.IndexFunc(all, func(p *sitting.Plan) bool { return p.ID == s.session.Plan }); at >= 0 {
		return all[at], nil
	}
	return nil, nil
}

func (s *source) blueprint(ctx context.Context, to put) error {
	b, err := s.rooms.Bank.Blueprint(ctx, s.session.Blueprint)
	if err != nil {
		return err
	}
	data, err := document(b)
	if err := to(Plans, "组卷方案.json", "理论知识考试的组卷方案", data, err); err != nil {
		return err
	}
	release, err := s.rooms.Bank.Snapshot(ctx, s.session.Release)
	if err != nil {
		return err
	}
	data, err = document(releaseInfo(release))
	return to(Plans, "题库版本.json", "所用题库版本的编号和摘要", data, err)
}

// filedRelease names a release without its items.
type filedRelease struct {
	ID     string `json:"id"`
	Digest string `json:"digest"`
	Items  int    `json:"items"`
}

func releaseInfo(r *questionbank.Snapshot) filedRelease {
	return filedRelease{ID: r.Release.ID, Digest: r.Release.Digest, Items: len(r.Items)}
}
