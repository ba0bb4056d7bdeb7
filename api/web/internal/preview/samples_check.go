package preview

import (
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/authz"
)

// checking lists the public pages around the check of certificates.
func checking(now time.Time) []Sample {
	seen := &web.Cosigned{Witness: "witness.example.net", At: now.Add(-time.Minute)}
	log := web.LogView{Kept: true, Origin: "kao.example.cn/log", Size: 5280, Key: "kao.example.cn/log+0a1b2c3d+AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=", Audit: "kao.example.cn/log",
		Checkpoint: "kao.example.cn/log\n5280\n0SBtZ5EhZVqhgh8dPBeLW3iXDS5wGkW0lbKIoZ0MZLs=\n\n— kao.example.cn/log ChscPY5Q\n",
		Witnesses:  []web.Watch{{Name: "witness.example.net", Seen: seen}, {Name: "spectator.example.org"}},
		Events: []web.Bin{{Label: "issued", Count: 5201}, {Label: "corrected", Count: 41}, {Label: "reissued", Count: 30}, {Label: "revoked", Count: 7},
			{Label: "voided", Count: 1}}}
	for day := range 30 {
		log.Growth = append(log.Growth, web.Bin{Label: now.AddDate(0, 0, day-29).Format(time.DateOnly), Count: int64(3800 + day*51)})
	}
	return []Sample{
		{Name: "log", Page: "log", Body: log},
		{Name: "log-empty", Page: "log", Body: web.LogView{Kept: true, Origin: "kao.example.cn/log", Key: log.Key, Audit: log.Audit}},
		{Name: "offline-check", Page: "offline-check", Body: web.OfflineCheckView{Keys: "00", Lists: 1}},
		{Name: "bulk", Page: "bulk", User: staff("祝明远", authz.Employer, "/bulk-check"), Body: web.BulkView{Most: 5000, Minute: 2, Day: 20, Columns: []string{"姓名", "证书编号"}}},
		{Name: "bulk-refused", Page: "bulk", User: staff("祝明远", authz.Employer, "/bulk-check"), Body: web.BulkView{Most: 5000, Minute: 2, Day: 20, Columns: []string{"姓名", "证书编号"},
			Problem: &web.Problem{Code: "table.columns", Detail: "表头缺少必填的列：证书编号"}}},
		{Name: "log-none", Page: "log", Body: web.LogView{}},
	}
}
