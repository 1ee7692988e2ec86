/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import io.rhapsode.web.query.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pages: search, form, saved searches, call, held calls, key figures, status. They work without scripts and ask no other host for anything. */
final class Pages {

    private static final Logger LOG = LoggerFactory.getLogger(Pages.class);

    private static final String STYLE = resource("/web/rhapsode.css");
    private static final String STYLE_PATH = "/static/" + hash(STYLE) + ".css";

    /** The ranges of time on offer, newest documents first. */
    static final Map<String, Duration> RANGES = ranges();

    static final String DEFAULT_RANGE = "24h";
    private static final TemplateEngine TEMPLATES = TemplateEngine.createPrecompiled(
            null, ContentType.Html, Pages.class.getClassLoader(), "io.rhapsode.web.page");

    private final CallStore store;
    private final StatusReport status;
    private final KpiReport kpis;
    private final SavedSearches searches;
    private final Holds holds;
    private final WebConfig config;

    Pages(CallStore store, StatusReport status, KpiReport kpis, SavedSearches searches, Holds holds, WebConfig config) {
        this.store = store;
        this.status = status;
        this.kpis = kpis;
        this.searches = searches;
        this.holds = holds;
        this.config = config;
    }

    void routes(RoutesConfig routes) {
        new Reading(routes)
                .get("/", this::search)
                .get("/form", this::form)
                .get("/form/search", Pages::formFilled)
                .get("/searches", this::searches)
                .get("/holds", this::holds)
                .get("/calls/{call_id}", this::call)
                .get("/status", this::status)
                .get("/kpis", this::kpis)
                .get(STYLE_PATH, context -> context.contentType("text/css; charset=utf-8")
                        .header("Cache-Control", "public, max-age=31536000, immutable")
                        .result(STYLE));
        routes.post("/searches", this::saveSearch);
        routes.post("/searches/delete", this::deleteSearch);
        routes.post("/holds", this::hold);
        routes.post("/holds/release", this::release);
    }

    private void search(Context context) {
        var parameters = Parameters.of(
                context.queryParamMap(), "q", "kind", "range", "was", "from", "to", "size", "cursor", "page");
        var shown = new SearchPage.Asked(
                        parameters.text("q"),
                        kind(parameters),
                        range(parameters),
                        parameters.text("from"),
                        parameters.text("to"),
                        parameters.text("size"))
                .withTimeOfRange();
        SearchPage page;
        try {
            int number = parameters.number("page", 1, 1, 1_000_000);
            if (parameters.text("cursor").isEmpty()) {
                Search search = search(shown, parameters);
                page = SearchPage.found(shown, search, store.search(search), number);
            } else {
                var cursor = Cursor.read(parameters.text("cursor"), config.cursorKey());
                page = SearchPage.found(shown, cursor.search(), store.search(cursor), number);
            }
        } catch (Refused refused) {
            context.status(refused.status());
            page = SearchPage.refused(shown, refused);
        }
        render(context, "search.jte", page);
    }

    private static Search search(SearchPage.Asked asked, Parameters parameters) {
        Duration back = RANGES.get(asked.range());
        Instant from = back == null
                ? parameters.time("from")
                : back.isZero() ? null : Instant.now().minus(back);
        Instant to = back == null ? parameters.time("to") : null;
        int size = parameters.number("size", Search.DEFAULT_SIZE, 1, Search.MAX_SIZE);
        var search = new Search(asked.kind(), asked.query().strip(), from, to, size, true);
        search.checkOrder();
        return search;
    }

    private static Kind kind(Parameters parameters) {
        String kind = parameters.text("kind");
        return kind.isEmpty()
                ? Kind.CALLS
                : Kind.of(kind)
                        .orElseThrow(() -> Refused.badRequest(
                                "'kind' must be calls, messages, media or logs, not '" + Parameters.cut(kind) + "'"));
    }

    /**
     * Times that were typed count, whatever else is chosen: the list's first choice is there without anyone having chosen it.
     * Where they stood there before ("was"), a choice was made after them.
     */
    private static String range(Parameters parameters) {
        String range = parameters.text("range");
        boolean typed =
                !parameters.text("from").isEmpty() || !parameters.text("to").isEmpty();
        boolean chosen =
                RANGES.containsKey(range) && (!typed || parameters.text("was").equals("custom"));
        if (chosen) {
            return range;
        }
        if (!range.isEmpty() && !range.equals("custom") && !RANGES.containsKey(range)) {
            throw Refused.badRequest("'range' must be custom or one of " + String.join(", ", RANGES.keySet()));
        }
        return typed || range.equals("custom") ? "custom" : DEFAULT_RANGE;
    }

    private void form(Context context) {
        render(context, "form.jte", new FormPage(typed(context), knownNodes(), nodes(context)));
    }

    /** Without Elasticsearch the form can still be filled in. */
    private List<String> knownNodes() {
        try {
            return store.captureNodes();
        } catch (Refused refused) {
            LOG.warn("The form does not offer capture nodes: {}", refused.getMessage());
            return List.of();
        }
    }

    /** To the search that the form is filled in for. */
    private static void formFilled(Context context) {
        var typed = typed(context);
        // A browser's time has no zone, and the form says that it is UTC, as such a time is everywhere here.
        String from = typed.text("begin");
        String to = typed.text("end");
        String range = RANGES.containsKey(typed.text("range")) ? typed.text("range") : DEFAULT_RANGE;
        if (!from.isEmpty() || !to.isEmpty()) {
            range = "custom";
        }
        String query = FormQuery.of(typed, nodes(context));
        var asked = new SearchPage.Asked(query, Kind.MESSAGES, range, from, to, typed.text("size"));
        context.redirect(asked.link(query), HttpStatus.SEE_OTHER);
    }

    private static Parameters typed(Context context) {
        var given = new HashMap<>(context.queryParamMap());
        given.remove("node");
        return Parameters.of(given, FormPage.names());
    }

    /** Several boxes, and several names in one line. */
    private static List<String> nodes(Context context) {
        return context.queryParams("node").stream()
                .flatMap(names -> Stream.of(names.split(",")))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    private void searches(Context context) {
        Parameters.of(context.queryParamMap());
        render(context, "searches.jte", new SearchesPage(searches.all(), null, "", null));
    }

    /** A name that is taken is not taken over unasked: the page says what has it, and offers to replace just that. */
    private void saveSearch(Context context) {
        var typed = Parameters.of(context.formParamMap(), "name", "version", "kind", "q", "range", "from", "to");
        String name = typed.text("name");
        var condition =
                typed.text("version").isEmpty() ? Kept.Condition.ABSENT : Kept.Condition.version(typed.text("version"));
        try {
            searches.save(name, SavedSearches.asked(typed), condition);
            context.redirect("/searches", HttpStatus.SEE_OTHER);
        } catch (Refused refused) {
            var asked = new SearchPage.Asked(
                    typed.text("q"),
                    Kind.of(typed.text("kind")).orElse(Kind.CALLS),
                    typed.text("range"),
                    typed.text("from"),
                    typed.text("to"),
                    "");
            var there = refused.status() == HttpStatus.CONFLICT.getCode()
                    ? searches.find(name)
                    : Optional.<SavedSearch>empty();
            String trouble = there.isEmpty() ? refused.getMessage() : "There is a search of this name already.";
            context.status(refused.status());
            render(
                    context,
                    "searches.jte",
                    new SearchesPage(
                            searches.all(), new SavedSearch(name, asked, "", ""), trouble, there.orElse(null)));
        }
    }

    private void deleteSearch(Context context) {
        var typed = Parameters.of(context.formParamMap(), "name", "version");
        searches.delete(typed.text("name"), Kept.Condition.version(typed.text("version")));
        context.redirect("/searches", HttpStatus.SEE_OTHER);
    }

    private void call(Context context) {
        boolean allLegs = Parameters.of(context.queryParamMap(), "legs").flag("legs", false);
        String callId = context.pathParam("call_id");
        var records = store.calls(callId);
        var legs = CallLegs.of(callId, records.call(), store::session);
        boolean several = allLegs && legs.legs().size() > 1;
        var messages = several ? store.messages(legs.callIds()) : store.messages(callId);
        var media = store.media(callId);
        var logs = store.logs(callId);
        // What an agent told of it may be all that was seen of a call.
        if (messages.hits().isEmpty() && media.hits().isEmpty() && logs.hits().isEmpty()) {
            if (callId.length() > CallStore.LONGEST_CALL_ID) {
                throw Api.unknownCall(callId);
            }
            throw Refused.notFound("No call has the Call-ID “" + Parameters.cut(callId)
                    + "”. It may still be on its way:" + " the status page says how far behind the index is.");
        }
        render(
                context,
                "call.jte",
                CallPage.of(callId, records, messages, media, logs, legs, several, holdsOf(callId, legs)));
    }

    /** Of the call and of those that belong to it. */
    private List<Hold> holdsOf(String callId, CallLegs legs) {
        return holds.of(Stream.concat(Stream.of(callId), legs.callIds().stream())
                .distinct()
                .toList());
    }

    private void holds(Context context) {
        Parameters.of(context.queryParamMap());
        render(context, "holds.jte", new HoldsPage(holds.all()));
    }

    private void hold(Context context) {
        var typed = Parameters.of(context.formParamMap(), "call_id", "reason", "by");
        var hold = holds.put(typed.text("call_id"), typed);
        context.redirect(hold.page(), HttpStatus.SEE_OTHER);
    }

    private void release(Context context) {
        var typed = Parameters.of(context.formParamMap(), "call_id", "version", "by");
        String callId = typed.text("call_id");
        holds.release(callId, typed.line("by", Holds.LONGEST_BY), Kept.Condition.version(typed.text("version")));
        context.redirect("/holds", HttpStatus.SEE_OTHER);
    }

    private void status(Context context) {
        var parameters = Parameters.of(context.queryParamMap(), "from", "to");
        render(context, "status.jte", status.numbers(parameters.time("from"), parameters.time("to")));
    }

    /** Some hundred points make a line. */
    private void kpis(Context context) {
        var parameters = Parameters.of(context.queryParamMap(), "dimension", "value", "range");
        String range = kpiRanges().contains(parameters.text("range")) ? parameters.text("range") : "1h";
        long all = RANGES.get(range).toMinutes();
        int minutes = (int) (all <= 120 ? 1 : all / 96);
        var now = Instant.now();
        var asked = new KpiReport.Asked(
                parameters.text("dimension").isEmpty() ? KpiReport.ALL : parameters.text("dimension"),
                parameters.has("value") ? parameters.text("value") : null,
                now.minus(RANGES.get(range)),
                now,
                minutes);
        render(context, "kpis.jte", KpiPage.of(asked, range, kpis.rows(asked), now));
    }

    static void refuse(Refused refused, Context context) {
        context.status(refused.status());
        render(context, "refused.jte", refused);
    }

    private static void render(Context context, String template, Object model) {
        var html = new StringOutput(32_768);
        TEMPLATES.render(template, Map.of("model", model, "style", STYLE_PATH), html);
        context.contentType("text/html; charset=utf-8")
                .header("Cache-Control", "no-store")
                .result(html.toString());
    }

    /** The address of a call's page. */
    static String callPath(String callId) {
        return "/calls/" + escaped(callId);
    }

    /** For a query string or one segment of a path. */
    static String escaped(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** One of twelve colours, the same for the same Call-ID. */
    static int colour(String callId) {
        return Math.floorMod(callId.hashCode() * 0x9e3779b9 >>> 16, 12);
    }

    private static Map<String, Duration> ranges() {
        var ranges = new LinkedHashMap<String, Duration>();
        ranges.put("15m", Duration.ofMinutes(15));
        ranges.put("1h", Duration.ofHours(1));
        ranges.put("24h", Duration.ofHours(24));
        ranges.put("7d", Duration.ofDays(7));
        ranges.put("30d", Duration.ofDays(30));
        ranges.put("all", Duration.ZERO);
        return ranges;
    }

    /** Those that have an end on either side. */
    static List<String> kpiRanges() {
        return RANGES.keySet().stream().filter(range -> !range.equals("all")).toList();
    }

    /** What a range is called on the page. */
    static List<String> rangeNames() {
        var names = new ArrayList<>(RANGES.keySet());
        names.add("custom");
        return names;
    }

    private static String resource(String name) {
        try (InputStream in = Pages.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + name, e);
        }
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
