/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;
import io.rhapsode.web.query.Kind;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The JSON API, as docs/api.md has it. */
final class Api {

    private static final Logger LOG = LoggerFactory.getLogger(Api.class);

    static final String JSON = "application/json; charset=utf-8";

    private final CallStore store;
    private final StatusReport status;
    private final KpiReport kpis;
    private final SavedSearches searches;
    private final Holds holds;
    private final WebConfig config;
    private final Export export;

    Api(CallStore store, StatusReport status, KpiReport kpis, SavedSearches searches, Holds holds, WebConfig config) {
        this.store = store;
        this.status = status;
        this.kpis = kpis;
        this.searches = searches;
        this.holds = holds;
        this.config = config;
        this.export = new Export(store);
    }

    void routes(RoutesConfig routes) {
        var reading = new Reading(routes);
        for (Kind kind : Kind.values()) {
            reading.get("/api/v1/" + kind.path(), context -> search(context, kind))
                    .get("/api/v1/" + kind.path() + "/export", context -> export(context, kind));
        }
        reading.get("/api/v1/calls/{call_id}", this::call)
                // A call may have the Call-ID "export".
                .get("/api/v1/calls/{call_id}/record", this::call)
                .get("/api/v1/calls/{call_id}/messages", this::messages)
                .get("/api/v1/calls/{call_id}/media", context -> related(context, store::media))
                .get("/api/v1/calls/{call_id}/logs", context -> related(context, store::logs))
                .get("/api/v1/calls/{call_id}/flow.svg", this::flow)
                .get("/api/v1/calls/{call_id}/pcap", this::pcap)
                .get("/api/v1/searches", this::searches)
                .get("/api/v1/searches/{name}", this::search)
                .get("/api/v1/holds", this::holds)
                .get("/api/v1/holds/{call_id}", this::hold)
                .get("/api/v1/status", this::status)
                .get("/api/v1/kpis", this::kpis);
        routes.put("/api/v1/searches/{name}", this::saveSearch);
        routes.delete("/api/v1/searches/{name}", this::deleteSearch);
        routes.put("/api/v1/holds/{call_id}", this::putHold);
        routes.delete("/api/v1/holds/{call_id}", this::release);
        routes.exception(Refused.class, Api::refuse);
        routes.exception(HttpResponseException.class, (e, context) -> refuse(Refused.of(e, context), context));
    }

    private void search(Context context, Kind kind) {
        Page page;
        if (context.queryParam("cursor") != null) {
            Parameters.of(context.queryParamMap(), "cursor");
            var cursor = Cursor.read(context.queryParam("cursor"), config.cursorKey());
            if (cursor.search().kind() != kind) {
                throw Refused.badRequest("this cursor is of a search for "
                        + cursor.search().kind().path());
            }
            page = store.search(cursor);
        } else {
            page = store.search(
                    Search.of(kind, Parameters.of(context.queryParamMap(), "q", "from", "to", "size", "facets")));
        }
        answer(context, json(page));
    }

    private void export(Context context, Kind kind) {
        var parameters = Parameters.of(context.queryParamMap(), "q", "from", "to", "format");
        var format = Export.Format.of(kind, parameters.text("format"));
        var search = Search.of(kind, parameters);
        context.contentType(format.contentType)
                .header("Cache-Control", "no-store")
                .header(
                        "Content-Disposition",
                        "attachment; filename=\"rhapsode-%s.%s\"".formatted(kind.path(), format.extension()));
        if (context.method() == HandlerType.HEAD) {
            CallStore.check(search);
            return;
        }
        stream(context, out -> export.write(search, format, out));
    }

    private interface Streamed {
        void write(OutputStream out) throws IOException;
    }

    private static void stream(Context context, Streamed answer) {
        try {
            answer.write(context.outputStream());
        } catch (IOException | Refused e) {
            if (e instanceof Refused refused && !context.res().isCommitted()) {
                context.res().resetBuffer();
                throw refused;
            }
            LOG.warn("An answer ended early: {}", e.getMessage());
            breakOff(context);
        }
    }

    /** So that what came so far is not taken for all of it: a connection that ends well says that nothing is missing. */
    private static void breakOff(Context context) {
        ServletContextRequest.getServletContextRequest(context.req())
                .getConnectionMetaData()
                .getConnection()
                .getEndPoint()
                .close();
    }

    private static JsonObject json(Page page) {
        var json = Json.createObjectBuilder()
                .add("total", page.total())
                .add("took_ms", page.tookMillis())
                .add("hits", hits(page.hits()));
        var facets = Json.createObjectBuilder();
        page.facets().forEach((field, values) -> {
            var counts = Json.createArrayBuilder();
            values.forEach(value -> counts.add(
                    Json.createObjectBuilder().add("value", value.value()).add("count", value.count())));
            facets.add(field, counts);
        });
        var histogram = Json.createArrayBuilder();
        page.histogram()
                .forEach(bar -> histogram.add(Json.createObjectBuilder()
                        .add("from", bar.from().toString())
                        .add("count", bar.count())));
        json.add("facets", facets).add("histogram", histogram);
        json.add("next", page.next() == null ? JsonValue.NULL : Json.createValue(page.next()));
        if (!page.notes().isEmpty()) {
            json.add("notes", Json.createArrayBuilder(page.notes()));
        }
        return json.build();
    }

    private static JsonArrayBuilder hits(List<Page.Hit> hits) {
        var array = Json.createArrayBuilder();
        hits.forEach(hit -> array.add(withId(hit)));
        return array;
    }

    private static JsonObject withId(Page.Hit hit) {
        return Json.createObjectBuilder(hit.document()).add("_id", hit.id()).build();
    }

    /** The record that is meant by the Call-ID, the others beside it. */
    private void call(Context context) {
        Parameters.of(context.queryParamMap());
        var records = store.calls(context.pathParam("call_id"));
        if (records.all().isEmpty()) {
            throw unknownCall(context);
        }
        var json = Json.createObjectBuilder(withId(records.all().get(0)));
        if (!records.earlier().isEmpty()) {
            json.add("earlier", hits(records.earlier()));
        }
        if (!records.later().isEmpty()) {
            json.add("later", hits(records.later()));
        }
        answer(context, json.build());
    }

    private void messages(Context context) {
        answer(context, json(found(context, legs(context))));
    }

    /** Also for a Call-ID without messages: an agent's report may be all that was seen of a call. */
    private static void related(Context context, Function<String, CallStore.Messages> documents) {
        Parameters.of(context.queryParamMap());
        answer(context, json(documents.apply(context.pathParam("call_id"))));
    }

    private static JsonObject json(CallStore.Messages documents) {
        return Json.createObjectBuilder()
                .add("total", documents.total())
                .add("hits", hits(documents.hits()))
                .build();
    }

    private void flow(Context context) {
        var legs = legs(context);
        var messages = found(context, legs);
        context.contentType("image/svg+xml; charset=utf-8")
                .result(FlowSvg.standalone(CallFlow.of(messages.hits(), legs), messages.left()));
    }

    /** All messages, however many: what is on its way is a page of them. */
    private void pcap(Context context) {
        var legs = legs(context);
        if (!store.hasMessages(legs)) {
            throw unknownCall(context);
        }
        context.contentType("application/vnd.tcpdump.pcap")
                .header("Content-Disposition", "attachment; filename=\"" + fileName(context) + ".pcap\"");
        stream(context, out -> {
            var pcap = new CallPcap(out);
            store.eachMessageOf(legs, pcap::write);
            out.flush();
        });
    }

    /** The Call-ID that is asked for; with "legs" those of all legs of its session, in the order of their begins. */
    private List<String> legs(Context context) {
        String callId = context.pathParam("call_id");
        if (!Parameters.of(context.queryParamMap(), "legs").flag("legs", false)) {
            return List.of(callId);
        }
        var legs =
                CallLegs.of(callId, store.calls(callId).call(), store::session).callIds();
        return legs.isEmpty() ? List.of(callId) : legs;
    }

    private CallStore.Messages found(Context context, List<String> callIds) {
        var messages = store.messages(callIds);
        if (messages.hits().isEmpty()) {
            throw unknownCall(context);
        }
        return messages;
    }

    private static Refused unknownCall(Context context) {
        return unknownCall(context.pathParam("call_id"));
    }

    static Refused unknownCall(String callId) {
        return Refused.notFound(
                callId.length() > CallStore.LONGEST_CALL_ID
                        ? "a call cannot be looked up by a Call-ID of more than " + CallStore.LONGEST_CALL_ID
                                + " characters; a search by number, time or text finds it"
                        : "no call has the Call-ID '" + Parameters.cut(callId) + "'");
    }

    /** What no file system and no header minds. */
    private static String fileName(Context context) {
        String name = context.pathParam("call_id").replaceAll("[^A-Za-z0-9._@-]", "_");
        return name.substring(0, Math.min(name.length(), 80));
    }

    private void status(Context context) {
        var parameters = Parameters.of(context.queryParamMap(), "from", "to");
        answer(context, status.json(parameters.time("from"), parameters.time("to")));
    }

    private void kpis(Context context) {
        var parameters = Parameters.of(context.queryParamMap(), "dimension", "value", "from", "to", "minutes");
        answer(context, kpis.json(KpiReport.Asked.of(parameters)));
    }

    private void searches(Context context) {
        Parameters.of(context.queryParamMap());
        var all = Json.createArrayBuilder();
        searches.all().forEach(search -> all.add(json(search)));
        answer(context, Json.createObjectBuilder().add("searches", all).build());
    }

    private void search(Context context) {
        Parameters.of(context.queryParamMap());
        answer(context, searches.find(context.pathParam("name")).orElseThrow(() -> unknownSearch(context)));
    }

    private void saveSearch(Context context) {
        Parameters.of(context.queryParamMap());
        var asked = SavedSearches.asked(Parameters.ofJson(context.body(), SavedSearches.PARTS));
        answer(context, searches.save(context.pathParam("name"), asked, condition(context)));
    }

    private void deleteSearch(Context context) {
        Parameters.of(context.queryParamMap());
        if (!searches.delete(context.pathParam("name"), condition(context))) {
            throw unknownSearch(context);
        }
        context.status(HttpStatus.NO_CONTENT);
    }

    private void holds(Context context) {
        Parameters.of(context.queryParamMap());
        var all = Json.createArrayBuilder();
        holds.all().forEach(hold -> all.add(hold.json()));
        answer(context, Json.createObjectBuilder().add("holds", all).build());
    }

    private void hold(Context context) {
        Parameters.of(context.queryParamMap());
        String callId = context.pathParam("call_id");
        answer(
                context,
                holds.find(callId).orElseThrow(() -> Holds.unknown(callId)).json());
    }

    private void putHold(Context context) {
        Parameters.of(context.queryParamMap());
        var told = Parameters.ofJson(context.body(), "reason", "by");
        answer(
                context.status(HttpStatus.CREATED),
                holds.put(context.pathParam("call_id"), told).json());
    }

    private void release(Context context) {
        String by = Parameters.of(context.queryParamMap(), "by").line("by", Holds.LONGEST_BY);
        holds.release(context.pathParam("call_id"), by, condition(context));
        context.status(HttpStatus.NO_CONTENT);
    }

    private static Kept.Condition condition(Context context) {
        return Kept.Condition.of(context.header("If-Match"), context.header("If-None-Match"));
    }

    private static Refused unknownSearch(Context context) {
        return Refused.notFound("no search is saved as '" + Parameters.cut(context.pathParam("name")) + "'");
    }

    private static void answer(Context context, SavedSearch search) {
        answer(context.header("ETag", '"' + search.version() + '"'), json(search));
    }

    private static JsonObject json(SavedSearch search) {
        return Json.createObjectBuilder(search.document(Instant.parse(search.savedAt())))
                .add("version", search.version())
                .add("page", search.link())
                .build();
    }

    static void refuse(Refused refused, Context context) {
        context.status(refused.status());
        if (context.path().startsWith("/api/") || context.path().equals("/readyz")) {
            answer(context, error(refused.getMessage(), refused.column()));
        } else {
            Pages.refuse(refused, context);
        }
    }

    static JsonObject error(String sentence, int column) {
        var error = Json.createObjectBuilder().add("message", sentence);
        if (column > 0) {
            error.add("column", column);
        }
        return Json.createObjectBuilder().add("error", error).build();
    }

    private static void answer(Context context, JsonObject json) {
        context.contentType(JSON).header("Cache-Control", "no-store").result(json.toString());
    }
}
