package api

import (
	"bytes"
	"encoding/csv"
	"math"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/practical/concordance"
)

// concordancePages show how examiners agree: of one session, and over a period.
func (s *Server) concordancePages() []route {
	at := "/sessions/:id/practice/concordance"
	return []route{
		page(at, authz.ConcordanceRead, s.concordancePage).also(authz.ConcordanceOwn),
		page(at+".csv", authz.ConcordanceRead, s.concordanceFile).also(authz.ConcordanceOwn),
		page("/concordance", authz.ConcordanceRead, s.concordanceOverPage).also(authz.ConcordanceOwn),
		page("/concordance.csv", authz.ConcordanceRead, s.concordanceOverFile).also(authz.ConcordanceOwn),
	}
}

func (s *Server) concordancePage(c *fiber.Ctx) error {
	r, err := s.Practical.Concordance(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return err
	}
	n, err := s.Sittings.Session(c.UserContext(), caller(c), sessionParam(c))
	if err != nil {
		return err
	}
	v := concordanceView(r)
	v.Session, v.SessionName, v.Level, v.Sample = string(n.ID), n.Name, n.Level, n.Sample
	v.File = "/sessions/" + v.Session + "/practice/concordance.csv"
	return s.show(c, "concordance", v)
}

func (s *Server) concordanceOverPage(c *fiber.Ctx) error {
	p, err := periodOf(c)
	if p == (practical.Period{}) && err == nil {
		p = s.Practical.LastYear()
	}
	var r *practical.Concordance
	if err == nil {
		r, err = s.Practical.ConcordanceOver(c.UserContext(), caller(c), p)
	}
	if err != nil {
		return s.refuse(c, err, func(c *fiber.Ctx, p *web.Problem) error {
			return s.show(c, "concordance", web.ConcordanceView{From: c.Query("from"), To: c.Query("to"), Problem: p})
		})
	}
	v := concordanceView(r)
	v.From, v.To = p.From.String(), p.To.String()
	v.File = "/concordance.csv?from=" + url.QueryEscape(v.From) + "&to=" + url.QueryEscape(v.To)
	return s.show(c, "concordance", v)
}

// calibratedUntil is the last day on which an examiner's calibration holds, "" for none.
func calibratedUntil(r *practical.Concordance, p engine.PersonID) string {
	if d, ok := r.Calibrated[p]; ok {
		return d.String()
	}
	return ""
}

// axisLeast is the number of points that the drawing reaches to both sides at least: small differences look small.
const axisLeast = 5

func concordanceView(r *practical.Concordance) web.ConcordanceView {
	v := web.ConcordanceView{Own: r.Own, Sessions: r.Sessions, Waiting: r.Waiting, Performances: r.Performances, Fewest: concordance.Fewest,
		Tolerance: r.Tolerance, Alpha: r.Alpha, Few: r.Few}
	for _, l := range r.Lines {
		row := web.ConcordanceRow{Examiner: r.Names[l.Examiner], Performances: l.Performances, Corrected: r.Corrected[l.Examiner], Known: l.Numbers != nil,
			Calibrated: calibratedUntil(r, l.Examiner)}
		if row.Known {
			row.ConcordanceNumbers = web.ConcordanceNumbers(*l.Numbers)
			v.Scale = max(v.Scale, row.Leniency+2*row.Error, 2*row.Error-row.Leniency)
		}
		v.Rows = append(v.Rows, row)
	}
	if v.Scale > 0 || !r.Few {
		v.Scale = max(axisLeast, math.Ceil(v.Scale))
	}
	return v
}

func (s *Server) concordanceFile(c *fiber.Ctx) error {
	r, err := s.Practical.Concordance(c.UserContext(), caller(c), sessionParam(c))
	return sendConcordance(c, r, err)
}

func (s *Server) concordanceOverFile(c *fiber.Ctx) error {
	p, err := periodOf(c)
	if err != nil {
		return err
	}
	r, err := s.Practical.ConcordanceOver(c.UserContext(), caller(c), p)
	return sendConcordance(c, r, err)
}

// concordanceHead names the columns of the file, in the words of the field.
var concordanceHead = []string{"考评员", "考核人次", "其中更正后的评分表", "宽严（分）", "宽严标准误", "离散（分）", "区分：本人标准差", "区分：其他考评员标准差",
	"评分对数", "在容差以内的比例", "一票否决完全一致的比例", "有一票否决的对数", "其中双方一致", "光环：本人各项差异（%）", "光环：其他考评员（%）", "校准有效期至"}

// sendConcordance answers a table in UTF-8 that spreadsheets recognise. What is not known is left empty.
func sendConcordance(c *fiber.Ctx, r *practical.Concordance, err error) error {
	if err != nil {
		return err
	}
	b := bytes.NewBufferString("\uFEFF")
	w := csv.NewWriter(b)
	w.UseCRLF = true
	rows := [][]string{concordanceHead}
	for _, l := range r.Lines {
		rows = append(rows, concordanceCells(r, l))
	}
	if err := w.WriteAll(rows); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/csv; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="concordance.csv"`)
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	return c.Send(b.Bytes())
}

func concordanceCells(r *practical.Concordance, l concordance.Line) []string {
	cells := make([]string, len(concordanceHead))
	cells[0], cells[1], cells[2] = plainCell(r.Names[l.Examiner]), strconv.Itoa(l.Performances), strconv.Itoa(r.Corrected[l.Examiner])
	cells[len(cells)-1] = calibratedUntil(r, l.Examiner)
	n := l.Numbers
	if n == nil {
		return cells
	}
	for i, f := range []*float64{&n.Leniency, &n.Error, &n.Scatter, &n.Spread, &n.OthersSpread, nil, &n.Within, &n.VetoSame, nil, nil, n.Halo, n.OthersHalo} {
		if f != nil {
			cells[3+i] = strconv.FormatFloat(*f, 'f', 4, 64)
		}
	}
	cells[8], cells[11], cells[12] = strconv.Itoa(n.Pairs), strconv.Itoa(n.VetoPairs), strconv.Itoa(n.VetoBoth)
	return cells
}

// plainCell keeps a spreadsheet from taking a name for a formula.
func plainCell(text string) string {
	if text != "" && bytes.IndexByte([]byte("=+-@\t\r"), text[0]) >= 0 {
		return "'" + text
	}
	return text
}
