// Package web holds the pages: templates, static files, words in Chinese and English, and the views that fill them.
// It knows no HTTP framework: package api routes, calls one service, fills a view and renders.
//
// # Pages
//
//	page                route                              view
//	home                GET /                              HomeView
//	verify              GET /verify, /v/{token}            VerifyView
//	                    POST /verify, /verify/file         VerifyView with Answer
//	                    GET /s/{token}                     VerifyView with Answer, by a link of the holder
//	log                 GET /log/                          LogView
//	offline-check       GET /offline-check?lang=&elder=    OfflineCheckView; kept by browsers, checks without a network
//	bulk                GET /bulk-check                    BulkView
//	login               GET /login                         LoginView
//	candidate-login     GET /exam/login                    CandidateLoginView
//	desk                GET /desk                          DeskView
//	publicity           GET /publicity/{session}           PublicityView
//	waiting             GET /exam                          WaitingView
//	exam                GET /exam/paper                    ExamView
//	offline             GET /exam/offline                  OfflineView; shown in the place of a page without a network
//	receipt             GET /exam/receipt                  ReceiptView
//	own-result          GET /exam/result                   OwnResultView
//	room                GET /sessions/{id}/rooms/{room}?filter=&q=&sort=&seat=&do=   RoomView; seat and do open a dialog
//	                    GET /sessions/{id}/rooms           RoomView of all rooms
//	sheets              GET /assessments                   SheetListView
//	sheet               GET /assessments/{id}/sheet        SheetView
//	sign                GET /assessments/{id}/signature    SignView
//	seal                GET /sessions/{id}/seals/{comp}    SealView        comp: theory, practical
//	concordance         GET /sessions/{id}/practice/concordance, GET /concordance?from=&to=   ConcordanceView
//	remarks             GET /sessions/{id}/corrections?correction=   RemarksView
//	office              GET /office                        OfficeView
//	session             GET /sessions/{id}                 SessionView
//	results             GET /sessions/{id}/results         ResultsView
//	retakes             GET /sessions/{id}/retakes         RetakesView
//	matters             GET /sessions/{id}/matters         MattersView
//	certificates        GET /certificates?q=&state=&cursor=      CertificatesView
//	awards              GET /awards?org=                   AwardsView
//	recognitions        GET /recognitions?org=             RecognitionsView
//	recognitions-public GET /recognitions/public           RecognitionPublicView
//	persons             GET /persons                       PersonsView
//	                    POST the same                      PersonsView with what was found
//	person              GET /persons/{id}                  PersonView
//	                    POST /persons/{id}/clear           PersonView with Shown
//	readings            GET /readings                      ReadingsView
//	pairs               GET /pairs, /pairs/:pair           PairsView
//	                    POST the same                      ReadingsView with Rows
//	layouts             GET /layouts                       LayoutsView
//	layout              GET /layouts/{kind}                LayoutView      kind: certificate, card
//	                    POST /layouts/{kind}/draft         LayoutView with Draft
//	certificate         GET /certificates/{number}         CertificateView
//	issue               GET /sessions/{id}/certificates    IssueView, polled while a worker is at it
//	numbers             GET /sessions/{id}/numbers         NumbersView
//	                    POST /sessions/{id}/numbers[/preview]   NumbersView with Plan
//	                    GET /awards/numbers, POST /awards/numbers[/preview]   the same for prizes
//	serials             GET /certificates/serials?org=&year=   SerialsView
//	bank                GET /bank                          BankView
//	items               GET /bank/items?q=&level=&type=&state=&province=&point=&difficulty=&cursor=   ItemsView
//	item                GET /bank/items/{code}?from=&to=   ItemView
//	editor              GET /bank/editor?code= or level=&province=   EditorView
//	review              GET /bank/review?level=&cursor=    ReviewView
//	corrections         GET /bank/corrections              CorrectionsView
//	queue               GET /bank/queue?cursor=            QueueView
//	tables              GET /bank/tables?level=&type=      TableView
//	releases            GET /bank/releases?id=&base=&province=   ReleasesView
//	release             GET /bank/releases/{id}?with=      ReleaseView
//	blueprints          GET /bank/blueprints               BlueprintsView
//	blueprint           GET /bank/blueprints/{id}?release=   BlueprintView
//	                    POST /bank/blueprints/preview      BlueprintView with Draft
//	imports             GET /bank/import                   ImportsView
//	import              GET /bank/import/{id}              ImportView, polled while a worker is at it
//	statistics          GET /bank/statistics?release=&level=   StatisticsView
//	error               any                                ErrorView
//	draw                GET /sessions/{id}/draw            DrawView
//	seating             GET /sessions/{id}/rooms/{room}/seats  SeatingView
//	receipts            GET /sessions/{id}/receipts        ReceiptsView
//	                    POST the same                      ReceiptsView with Result
//	hand-in             GET /sessions/{id}/rooms/{room}/hand-in-file  HandInView
//	                    POST the same                      HandInView with Result
//	plan-form           GET /office/plan                   PlanFormView
//	session-form        GET /plans/{id}/session            SessionFormView
//	                    POST /plans/{id}/sessions          SessionFormView with other rooms, where do says so
//
// # Forms
//
// Every form has the hidden field csrf. A refusal renders the same page again with Problem and what was typed; success
// answers 303 to the page named, which then shows Said once.
//
//	POST /verify                                number, name                    renders verify
//	POST /verify/file                           file (multipart, one PDF)       renders verify
//	POST /bulk-check                            file (multipart, xlsx or csv)   a workbook; refused: bulk
//	POST /exam/shares                           days, note                      303 /exam/result
//	POST /exam/shares/end                       token                           303 /exam/result
//	GET  /preferences                           lang=zh|en, elder=on|off, back=local path (LocalPath); sets cookies, 303 back
//	POST /login                                 account, password, otp, next    303 next or /desk
//	POST /exam/login                            ticket, id_tail, code           303 /exam
//	POST /logout                                –                               303 /
//	POST /exam/start                            –                               303 /exam/paper; refused: waiting
//	POST /sessions/{id}/rooms/{room}/check-in   ticket                          303 room
//	POST /sessions/{id}/rooms/{room}/misconduct ticket, reason                  303 room
//	POST /sessions/{id}/rooms/{room}/release    –  (everybody checked in)       303 room
//	POST /sessions/{id}/rooms/{room}/{order}    ticket, minutes, text, key      303 room; order: extension, pause, resumption,
//	                                            announcement, incident, reopening, readmission
//	POST /sessions/{id}/{order}                 ticket, minutes, text, key      303 rooms; not reopening, readmission
//	POST /sessions/{id}/rooms/{room}/moves      ticket, no, reason, from        303 seats, or room where from=console
//	POST /assessments/{id}/sheet                score.{task}.{no}, veto.{task}.{code}=on, note.{task}.{code}, revision,
//	                                            then=stay|sign                  303 sheet or signature
//	POST /assessments/{id}/signature            revision                        303 /assessments
//	POST /assessments/{id}/ruling               points, reason, session         303 seal practical
//	POST /assessments/{id}/standing             standing=absent|voided|none, reason, session   303 seal practical
//	POST /assessments/{id}/extension            reason, session                 303 seal practical
//	POST /assessments/{id}/substitution         out, in, reason, session        303 seal practical
//	POST /sessions/{id}/marks                   early                           303 seal theory
//	POST /sessions/{id}/seals/{comp}            –                               303 seal
//	POST /sessions/{id}/seals/{comp}/witness    digest                          303 seal
//	POST /sessions/{id}/corrections             correction                      303 remarks
//	POST /sessions/{id}/roster                  file (multipart, xlsx or csv)   303 session
//	POST /plans                                 name, year, level (several)     303 office
//	POST /plans/{id}/publication                –                               303 office
//	POST /plans/{id}/sessions                   see SessionFormView             303 session
//	POST /sessions/{id}/lockdown                required, browser_keys, reason  303 session
//	POST /sessions/{id}/staff                   person, role, room              303 session; refused: session with Problem
//	POST /sessions/{id}/rooms/{room}/moves      ticket, no, reason              303 seating; refused: seating with Problem
//	POST /sessions/{id}/rooms/{room}/late-admissions  ticket, reason            303 seating; refused: seating with Problem
//	POST /sessions/{id}/rooms/{room}/hand-in-file  file (multipart), code, reason   renders hand-in
//	POST /sessions/{id}/draw/custodians         logins, threshold, text         303 draw
//	POST /sessions/{id}/draw/code               –                               renders draw with Code, this once
//	POST /sessions/{id}/draw/keeping            step, code                      303 draw
//	POST /sessions/{id}/draw/{step}             freeze, randomness, withheld, forms, redraw, withdrawals, late   303 draw
//	POST /sessions/{id}/{path of a SessionAction}   –                           303 session; path: seats, forms, practical-draw,
//	                                            results (303 results)
//	POST /sessions/{id}/retakes                 ticket, component=theory|practical|     303 retakes
//	POST /sessions/{id}/results                 –  (join)                       303 results
//	POST /sessions/{id}/publicity               –                               303 results
//	POST /sessions/{id}/final                   –                               303 results
//	POST /sessions/{id}/certificates            –                               303 issue
//	POST /sessions/{id}/holds                   ticket, reason                  303 results
//	POST /sessions/{id}/holds/lifting           ticket, reason                  303 results
//	POST /sessions/{id}/numbers/preview         file (multipart, xlsx or csv)   renders numbers
//	POST /sessions/{id}/numbers                 name, data (the file, base64)   renders numbers
//	POST /sessions/{id}/national-upload         –                               a workbook
//	POST /certificates/{number}/editions        kind=reissued|corrected, version, grounds, evidence   303 certificate
//	POST /certificates/{number}/motion          grounds, evidence               303 certificate; also void, withdrawal
//	POST /certificates/{number}/revocation      seen (the mark of the motion)   303 certificate
//	POST /certificates/{number}/dismissal       seen, grounds (why not)         303 certificate
//	POST /certificates/{number}/holder          name, reason, file (multipart, JPEG; may be empty)   303 certificate
//	POST /awards                                the fields of AwardTyped        303 awards
//	POST /awards/numbers[/preview]              as of a session                renders numbers
//	POST /awards/{id}/confirmation              seen (the mark of the award)    303 awards
//	POST /awards/{id}/refusal                   seen, reason                    303 awards
//	POST /awards/{id}/ruling                    seen, to (0: none), reason      303 awards
//	POST /awards/{id}/certificate               –                               303 certificate
//	POST /layouts/{kind}/draft                  layout, or file (multipart)     renders layout
//	POST /layouts/{kind}/specimen               layout                          a PDF
//	POST /layouts/{kind}                        layout                          303 layout
//	POST /layouts/{kind}/built-in               –                               303 layout
//	POST /bank/blueprints/preview               file (multipart, JSON)          renders blueprint
//	POST /bank/blueprints                       blueprint, confirm              303 blueprint
//	POST /bank/import                           file (multipart), level, province, point, difficulty   303 import
//	POST /bank/import/{id}/decisions            whole, exact, near, taken, row.{code}   303 import
//	POST /bank/import/{id}/commit               –                               303 import
//	POST /bank/editor                           the fields of editor (multipart), do=save|preview|image   303 item; else: editor
//	POST /bank/items/{code}/review              version, from, cursor           303 item, or review where from=review
//	POST /bank/items/{code}/consent             version, from, cursor           303 item, or queue where from=consent
//	POST /bank/items/{code}/refusal             version, reason, from, cursor   303 as from says
//	POST /bank/items/{code}/filing              version, authority, filing_number, filing_number_again, correct, reason   303 item
//	POST /bank/items/{code}/suspension          reason, confirm                 303 item
//	POST /bank/items/{code}/retirement          reason, confirm                 303 item
//	POST /bank/items/{code}/correction          version, remedy, to, reason     303 item
//	POST /bank/items/{code}/correction-decision correction, do=confirm|decline, reason   303 item
//	POST /bank/releases                         id, base, province, sample, confirm   303 release
//	POST /bank/releases/{id}/withdrawal         reason                          303 release
//
// Where rows of a roster could not be taken, the page is rendered at once with Refusals and Broken in place of the 303:
// they are kept nowhere else.
//
// # Other addresses that the pages ask for
//
//	GET /exam/certificate              the candidate's own certificate, a PDF
//	GET /certificates/{number}.pdf     a certificate of the register; /editions/{version}.pdf one edition of it
//	GET /certificates.xlsx?q=&state=   what the list shows; /certificates/serials.xlsx the account of numbers
//	GET /numbers.xlsx            the authority's list of numbers without rows
//	GET /static/{name…}          Static(name); immutable, the name carries a digest of all static files
//	GET /root.pem                the root certificate of the seals
//	GET /roster.xlsx             the registration workbook without rows
//	GET /bank/items.xlsx?…       the items that the filter of the list leaves, with their keys
//	GET /images/{digest}         a picture of an item, for those who may read the bank
//	GET /exam/paper/images/{digest}   a picture of the candidate's own paper
//	GET /fonts/rare.css?u=20bb7-2a6d6    RareCSS(u), immutable
//	GET /fonts/rare/{u}.ttf      the subset font with those code points, immutable
//
// # The exam page's API
//
// Cookie of the sign-in, header X-CSRF-Token, times in RFC 3339 with milliseconds; errors are problem+json with code.
//
//	GET  /api/v1/attempts/{id}/paper       {attempt, name, ticket, seat, title, sample, level, now, closes, seq,
//	                                        questions: [{no, type, stem, options: [], chosen: [], flag}]}
//	POST /api/v1/attempts/{id}/responses   {seq, item, chosen, flag, kind: "response"|"flag", client_at}
//	                                       → {seq, now, closes, closed}
//	                                       409 attempt.sequence or attempt.gap with "highest"; 409 attempt.closed
//	POST /api/v1/attempts/{id}/submission  {} → {code, answered, unanswered, at}
//	GET  /api/v1/attempts/{id}/clock       {now, closes, state}; state: "scheduled" before the start, "ready" when the
//	                                       paper may be opened, "in-progress", anything else: over
//
// # The console's API
//
//	GET /api/v1/sessions/{id}/rooms/{room}/progress   RoomProgress, every two seconds with If-None-Match; 304 where nothing changed.
//	                                                  Server-Time names the server's time with every answer.
//
// Forms of the console also carry shown (the address's query to come back to) and all=1 from the page of all rooms. A page
// that polls itself (import, issue) expects 304 or the whole page: give it ETag(view).
package web
