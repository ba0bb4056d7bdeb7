package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine/clock"
)

// issue ends publicity and issues the certificates, today.
func (d *demo) issue(ctx context.Context) error {
	d.step("发证：登记编号、制作、签章")
	d.clock.JumpTo(clock.System{}.Now())
	for _, l := range d.levels {
		if _, err := d.Board.Finalize(ctx, d.staff["kaowu"], l.ID); err != nil {
			return fmt.Errorf("end publicity of %s: %w", l.Name, err)
		}
		results, err := d.Board.FinalOf(ctx, d.staff["zhengshu"], l.ID)
		if err != nil {
			return fmt.Errorf("issue %s: %w", l.Name, err)
		}
		bar, seen := d.bar("名考生（"+l.Level.String()+"）", len(results)), 0
		issued, err := d.Issuer.IssueSession(ctx, d.staff["zhengshu"], l.ID, func(p certs.Progress) {
			bar.add(p.Seen - seen)
			seen = p.Seen
		})
		if err != nil {
			return fmt.Errorf("issue %s: %w", l.Name, err)
		}
		bar.end()
		for _, c := range issued {
			if err := d.keep(ctx, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// keep writes the certificate to --out and into the report.
func (d *demo) keep(ctx context.Context, c *certs.Certificate) error {
	row := reportCertificate{Number: string(c.Number), Name: c.Name, Level: c.Level, Token: c.Token}
	if d.options.out != "" {
		f, err := d.Issuer.File(ctx, d.staff["zhengshu"], c.Number)
		if err != nil {
			return err
		}
		row.File = filepath.Join("certificates", string(c.Number)+".pdf")
		if err := os.WriteFile(filepath.Join(d.options.out, row.File), f.PDF, 0o644); err != nil {
			return err
		}
	}
	d.report.Certificates = append(d.report.Certificates, row)
	return nil
}

// verify asks the public endpoint as an employer would, about good certificates and about others.
func (d *demo) verify(ctx context.Context) error {
	d.step("公开核验：有效、改动、撤销、猜测")
	list := d.report.Certificates
	if len(list) < 2 {
		return errors.New("too few certificates to show their verification")
	}
	good, bad := list[0], list[len(list)-1]
	file, err := d.Issuer.File(ctx, d.staff["zhengshu"], certs.Number(good.Number))
	if err != nil {
		return err
	}
	if err := d.revoke(ctx, certs.Number(bad.Number)); err != nil {
		return fmt.Errorf("revoke: %w", err)
	}
	revoked, err := d.Issuer.File(ctx, d.staff["zhengshu"], certs.Number(bad.Number))
	if err != nil {
		return err
	}
	guessed := good.Number[:16] + "999999"
	flipped := bytes.Clone(file.PDF)
	flipped[len(flipped)/3] ^= 1
	checks := []struct {
		name string
		want certs.Standing
		ask  func() (string, error)
	}{
		{"编号与姓名", certs.StandingValid, func() (string, error) { return d.askNumber(ctx, good.Number, good.Name) }},
		{"二维码", certs.StandingValid, func() (string, error) { return d.askToken(ctx, good.Token) }},
		{"上传原文件", certs.StandingValid, func() (string, error) { return d.askFile(ctx, file.PDF) }},
		{"姓名不符", certs.StandingUnknown, func() (string, error) { return d.askNumber(ctx, good.Number, "张三") }},
		{"猜测的编号", certs.StandingUnknown, func() (string, error) { return d.askNumber(ctx, guessed, good.Name) }},
		{"改动一个字节的文件", certs.StandingAltered, func() (string, error) { return d.askFile(ctx, flipped) }},
		{"追加内容的文件", certs.StandingAltered, func() (string, error) { return d.askFile(ctx, append(bytes.Clone(file.PDF), ' ')) }},
		{"已撤销证书的编号", certs.StandingRevoked, func() (string, error) { return d.askNumber(ctx, bad.Number, bad.Name) }},
		{"已撤销证书的文件", certs.StandingRevoked, func() (string, error) { return d.askFile(ctx, revoked.PDF) }},
	}
	for _, c := range checks {
		state, err := c.ask()
		if err != nil {
			return fmt.Errorf("verify %s: %w", c.name, err)
		}
		d.report.Verification = append(d.report.Verification, reportCheck{Case: c.name, State: state, want: string(c.want)})
		d.say("%-10s → %s", c.name, state)
	}
	return d.handOut(ctx)
}

// handOut leaves what a stranger needs to check the certificates without this server: the root, all that was published under
// it, the key of the log and the status lists of the day.
func (d *demo) handOut(ctx context.Context) error {
	if d.options.out == "" {
		return nil
	}
	lists := filepath.Join(d.options.out, "status")
	if err := os.MkdirAll(lists, 0o755); err != nil {
		return err
	}
	bundle, err := publicBundle(d.keys, "", d.clock.Now())
	if err != nil {
		return err
	}
	files := map[string][]byte{"root.pem": d.keys.RootPEM(), "keys.pem": bundle, "log.vkey": []byte(d.LogKey + "\n")}
	last, err := d.Statuses.Last(ctx)
	if err != nil {
		return err
	}
	for n := 1; n <= last; n++ {
		l, err := d.Statuses.List(ctx, n)
		if err != nil {
			return err
		}
		files[fmt.Sprintf("status/%d", n)] = l.JWS
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(d.options.out, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// revoke takes a certificate back: the registrar asks, the quality supervisor confirms.
func (d *demo) revoke(ctx context.Context, n certs.Number) error {
	why := certs.Cause{Grounds: "演示：经查实报名材料造假", Evidence: "演示：核查记录第1号"}
	c, err := d.Issuer.MoveToRevoke(ctx, d.staff["zhengshu"], n, why)
	if err != nil || c.Motion == nil { // nil: decided before
		return err
	}
	_, err = d.Issuer.Revoke(ctx, d.staff["dudao"], n, c.Motion.Mark())
	return err
}

// standing is the part of an answer that the story reads.
type standing struct {
	Standing string `json:"standing"`
}

func (d *demo) askNumber(ctx context.Context, number, name string) (string, error) {
	var s standing
	err := d.http.call(ctx, http.MethodPost, "/api/v1/verification", map[string]string{"number": number, "name": name}, &s)
	return s.Standing, err
}

func (d *demo) askToken(ctx context.Context, token string) (string, error) {
	var s standing
	err := d.http.call(ctx, http.MethodGet, "/api/v1/verification/"+token, nil, &s)
	return s.Standing, err
}

func (d *demo) askFile(ctx context.Context, pdf []byte) (string, error) {
	var s standing
	err := d.http.upload(ctx, "/api/v1/verification/file", "certificate.pdf", pdf, &s)
	return s.Standing, err
}
