package export_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/certs/export"
	"github.com/skillcert/skillcert/certs/status"
	"github.com/skillcert/skillcert/certs/vcjwt"
	"github.com/skillcert/skillcert/certs/vcjwt/vctest"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

var update = flag.Bool("update", false, "write testdata anew")

func sample() export.Record {
	return export.Record{
		Number: "S000035001044264000012", Name: "欧阳小雨", IDType: "201", IDNumber: "350102199003071234", Employer: "示例养老服务有限公司",
		OccupationCode: "4-14-01-03", OccupationName: "健康照护师", WorkType: "长期照护师", Level: 4,
		Issued: clock.Date{Year: 2026, Month: time.November, Day: 26}, Body: "示例职业技能评价中心", Issuer: "示例职业技能评价中心",
		State: status.Valid, Edition: 1, TokenDigest: strings.Repeat("ab", 32),
		Status: export.StatusPlace{List: "https://cert.example.cn/status/7", Index: 94567, Reference: "https://cert.example.cn/help/status"},
		Log: export.LogProof{Index: 41, Text: "c2sp.org/tlog-proof@v1\nindex 41\n",
			Leaf: "skillcert-leaf/1\nissued\n" + strings.Repeat("cd", 32) + "\n"},
	}
}

func options() export.Options {
	return export.Options{ID: "urn:uuid:6f1d3a52-7c4e-4b58-9b1e-0c2f8a9d1e33", Issuer: "https://cert.example.cn",
		Achievement: "https://cert.example.cn/levels/4-14-01-03/4", Salt: bytes.Repeat([]byte{7}, 16)}
}

func credential(t testing.TB, p export.Profile, o export.Options) []byte {
	t.Helper()
	got, err := export.Credential(p, sample(), o)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestCredentialsAreGolden(t *testing.T) {
	for _, p := range export.Profiles() {
		for name, named := range map[string]bool{"hashed": false, "named": true} {
			o := options()
			o.Named = named
			var out bytes.Buffer
			if err := json.Indent(&out, credential(t, p, o), "", "  "); err != nil {
				t.Fatal(err)
			}
			out.WriteByte('\n')
			golden(t, "testdata/"+string(p)+"."+name+".json", out.Bytes())
		}
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(name); err != nil || !bytes.Equal(want, got) {
		t.Errorf("%s is not what the package writes (-update writes it anew): %v", name, err)
	}
}

func TestCredentialsKeepTheHoldersSecrets(t *testing.T) {
	for _, p := range export.Profiles() {
		for _, named := range []bool{false, true} {
			o := options()
			o.Named = named
			text := string(credential(t, p, o))
			for _, secret := range []string{sample().IDNumber, sample().IDNumber[14:], sample().Employer} {
				if strings.Contains(text, secret) {
					t.Errorf("%s tells %s", p, secret)
				}
			}
			if strings.Contains(text, sample().Name) != named {
				t.Errorf("%s, named %v: %s", p, named, text)
			}
		}
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("export", "record", sample())
	if strings.Contains(log.String(), sample().Name) || strings.Contains(log.String(), sample().IDNumber) {
		t.Errorf("the log tells %s", log.String())
	}
}

// Appendix B.7 of Open Badges 3.0: SHA-256 over identifier and salt as UTF-8, in hexadecimal.
func TestTheNameCanBeProved(t *testing.T) {
	var vc struct {
		Subject struct {
			Identifier []struct {
				Hashed             bool
				IdentityHash, Salt string
			}
		} `json:"credentialSubject"`
	}
	if err := json.Unmarshal(credential(t, export.OpenBadges3, options()), &vc); err != nil {
		t.Fatal(err)
	}
	id := vc.Subject.Identifier[0]
	sum := sha256.Sum256([]byte(sample().Name + id.Salt))
	if !id.Hashed || id.IdentityHash != "sha256$"+hex.EncodeToString(sum[:]) {
		t.Fatalf("%+v", id)
	}
}

func TestSignedCredentialsAreRead(t *testing.T) {
	now := time.Date(2026, 11, 26, 4, 0, 0, 0, time.UTC)
	a := vctest.New(t, "甲", now)
	key, chain := a.Leaf(t, "印章", vctest.Purpose(4))
	for _, p := range export.Profiles() {
		text, err := export.Signed(p, sample(), options(), key, chain)
		if err != nil {
			t.Fatal(err)
		}
		got, err := vcjwt.Open(text, vcjwt.Trust{Roots: a.Roots, At: now, Usage: vctest.Only(vctest.Purpose(4))})
		if err != nil || !bytes.Equal(got.Payload, credential(t, p, options())) {
			t.Fatalf("%s: %v", p, err)
		}
	}
}

func TestOnlyValidCertificatesAreExported(t *testing.T) {
	for _, s := range []status.Code{status.Superseded, status.Revoked, status.Void, 4} {
		r := sample()
		r.State = s
		for _, p := range export.Profiles() {
			if _, err := export.Credential(p, r, options()); !errors.Is(err, export.ErrState) {
				t.Errorf("%s in state %v: %v", p, s, err)
			}
		}
	}
	if _, err := export.Credential("openbadges-2.0", sample(), options()); !errors.Is(err, export.ErrProfile) {
		t.Error(err)
	}
}

func TestAllFaultsAreNamedAtOnce(t *testing.T) {
	r := sample()
	r.Name, r.Level, r.Edition, r.WorkType = "张\u202e三", 0, 0, "甲\n乙"
	r.Issued, r.Status.Index = clock.Date{Year: 2026, Month: 2, Day: 30}, status.Entries
	o := options()
	o.Salt, o.Issuer = o.Salt[:15], "cert.example.cn"
	_, err := export.Credential(export.OpenBadges3, r, o)
	var e *errs.Error
	if !errors.Is(err, export.ErrRecord) || !errors.As(err, &e) {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, f := range e.Fields {
		got[f.Name] = true
	}
	for _, want := range []string{"name", "level", "edition", "work_type", "issued", "status", "salt", "id"} {
		if !got[want] {
			t.Errorf("%s is not named: %v", want, err)
		}
	}
	o = options()
	o.Salt, o.Named = nil, true
	if _, err = export.Credential(export.VC2, sample(), o); err != nil {
		t.Errorf("a named credential needs no salt: %v", err)
	}
}

func TestWhatTheCertificateLacksIsLeftOut(t *testing.T) {
	r := sample()
	r.Status, r.Log, r.WorkType, r.TokenDigest = export.StatusPlace{}, export.LogProof{}, "", ""
	for _, p := range export.Profiles() {
		got, err := export.Credential(p, r, options())
		if err != nil {
			t.Fatal(err)
		}
		for _, absent := range []string{"credentialStatus", "evidence", "workType", "specialization", "tokenDigest", `""`, "null"} {
			if bytes.Contains(got, []byte(absent)) {
				t.Errorf("%s has %s: %s", p, absent, got)
			}
		}
	}
}

// What was earned without an examination says so in every form; of an examination nothing is said.
func TestARouteWithoutAnExaminationIsTold(t *testing.T) {
	for route, says := range map[string]string{"": "", "direct": "直接认定", "contest": "竞赛获奖"} {
		for _, p := range export.Profiles() {
			r := sample()
			r.Route = route
			got, err := export.Credential(p, r, options())
			if err != nil {
				t.Fatal(err)
			}
			want := says
			if p != export.OpenBadges3 && route != "" {
				want = `"route":"` + route + `"`
			}
			plain := bytes.Contains(got, []byte("未经考试")) || bytes.Contains(got, []byte(`"route"`))
			if !bytes.Contains(got, []byte(want)) || plain != (route != "") {
				t.Errorf("%s by %q: %s", p, route, got)
			}
		}
	}
}

func TestTheNameNeverShowsUnasked(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := sample()
		r.Name = rapid.StringOfN(rapid.RuneFrom([]rune("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨𠮷·")), 2, 40, -1).Draw(rt, "name")
		o := options()
		o.Salt = rapid.SliceOfN(rapid.Byte(), 16, 32).Draw(rt, "salt")
		for _, p := range export.Profiles() {
			got, err := export.Credential(p, r, o)
			if err != nil {
				rt.Fatal(err)
			}
			again, _ := export.Credential(p, r, o)
			if bytes.Contains(got, []byte(r.Name)) || !bytes.Equal(got, again) || !json.Valid(got) {
				rt.Fatalf("%s: %s", p, got)
			}
		}
	})
}
