/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rhapsode.web.query.Kind;
import io.rhapsode.wire.pcap.PcapngWriter;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Everything that a search finds, oldest first, as one stream; no more than a page of it is ever in memory. */
final class Export {

    /** At a time: each keeps a thread, and a point in time open in Elasticsearch. */
    private static final int MOST = 4;

    private static final int CALLS_A_QUESTION = 100;

    /** As the parameter has it, and as the receiver is told. */
    enum Format {
        /** A document a line, as the search gives it. */
        NDJSON("application/x-ndjson"),
        /** A line of the fields people put into tables (RFC 4180). */
        CSV("text/csv; charset=utf-8"),
        /** The packets; of calls those of all their messages. */
        PCAPNG("application/x-pcapng");

        final String contentType;

        Format(String contentType) {
            this.contentType = contentType;
        }

        String extension() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Those that a kind of result can have: what is logged is lines, not packets. */
        static List<Format> of(Kind kind) {
            return kind == Kind.LOGS ? List.of(NDJSON, CSV) : List.of(values());
        }

        /** @throws Refused 400 */
        static Format of(Kind kind, String name) {
            return of(kind).stream()
                    .filter(format -> format.extension().equals(name))
                    .findAny()
                    .orElseThrow(() -> Refused.badRequest("'format' must be one of "
                            + of(kind).stream().map(Format::extension).collect(Collectors.joining(", "))));
        }
    }

    private static final List<String> MESSAGES = List.of(
            "@timestamp",
            "sip.call_id",
            "sip.type",
            "sip.method",
            "sip.code",
            "sip.status",
            "sip.cseq.code",
            "sip.cseq.method",
            "sip.from.uri.username",
            "sip.to.uri.username",
            "source.ip",
            "source.port",
            "destination.ip",
            "destination.port",
            "network.transport",
            "observer.name",
            "sip.user_agent.original");

    private static final List<String> CALLS = List.of(
            "@timestamp",
            "rhapsode.call.answer",
            "event.end",
            "sip.call_id",
            "rhapsode.call.state",
            "rhapsode.call.a_number",
            "rhapsode.call.b_number",
            "sip.method",
            "sip.code",
            "sip.status",
            "rhapsode.call.ring_ms",
            "rhapsode.call.duration_ms",
            "rhapsode.call.ended_by",
            "rhapsode.call.end_reason",
            "rhapsode.call.end_class",
            "rhapsode.call.why",
            "rhapsode.call.messages",
            "rhapsode.call.hosts",
            "observer.name");

    /** One line a stream. */
    private static final List<String> MEDIA = List.of(
            "@timestamp",
            "sip.call_id",
            "rhapsode.media.source",
            "rhapsode.media.contents",
            "source.ip",
            "source.port",
            "destination.ip",
            "destination.port",
            "rhapsode.media.streams.direction",
            "rhapsode.media.streams.from",
            "rhapsode.media.streams.to",
            "rhapsode.media.streams.ssrc",
            "rhapsode.media.streams.codec",
            "rhapsode.media.streams.packets",
            "rhapsode.media.streams.packets_lost",
            "rhapsode.media.streams.loss_percent",
            "rhapsode.media.streams.jitter_ms",
            "rhapsode.media.streams.round_trip_ms",
            "rhapsode.media.streams.mos",
            "rhapsode.media.streams.r_factor",
            "rhapsode.media.streams.computed",
            "observer.name");

    private static final List<String> LOGS = List.of(
            "@timestamp",
            "sip.call_id",
            "rhapsode.log.kind",
            "log.level",
            "source.ip",
            "destination.ip",
            "rhapsode.log.from",
            "rhapsode.log.to",
            "rhapsode.log.method",
            "observer.name",
            "message");

    private final CallStore store;
    private final Semaphore free = new Semaphore(MOST);

    Export(CallStore store) {
        this.store = store;
    }

    /**
     * Writes it all. Where that fails on the way the stream is left open, so that a receiver who counts on its end can
     * tell that there is something missing.
     *
     * @throws Refused before anything is written if the search is refused, or too many are under way
     */
    void write(Search search, Format format, OutputStream out) throws IOException {
        if (!free.tryAcquire()) {
            throw Refused.busy("there are " + MOST + " exports under way; try again when one has ended");
        }
        try {
            switch (format) {
                case NDJSON -> ndjson(search, out);
                case CSV -> csv(search, out);
                case PCAPNG -> pcapng(search, out);
            }
            out.flush();
        } finally {
            free.release();
        }
    }

    private void ndjson(Search search, OutputStream out) throws IOException {
        store.each(search, page -> {
            for (Page.Hit hit : page) {
                out.write((Json.createObjectBuilder(hit.document())
                                        .add("_id", hit.id())
                                        .build()
                                + "\n")
                        .getBytes(UTF_8));
            }
        });
    }

    private void csv(Search search, OutputStream out) throws IOException {
        var columns = columns(search.kind());
        out.write((String.join(",", columns) + "\r\n").getBytes(UTF_8));
        store.each(search, page -> {
            for (Page.Hit hit : page) {
                for (JsonObject row : rows(hit.document())) {
                    String line = columns.stream()
                            .map(column -> cell(String.join(" ", Documents.texts(row, column))))
                            .collect(Collectors.joining(",", "", "\r\n"));
                    out.write(line.getBytes(UTF_8));
                }
            }
        });
    }

    private static List<String> columns(Kind kind) {
        return switch (kind) {
            case MESSAGES -> MESSAGES;
            case CALLS -> CALLS;
            case MEDIA -> MEDIA;
            case LOGS -> LOGS;
        };
    }

    /** The document; of a report of several streams the document once for each, with that stream alone. */
    static List<JsonObject> rows(JsonObject document) {
        List<JsonObject> streams = Documents.objects(document, "rhapsode.media.streams");
        if (streams.size() < 2) {
            return List.of(document);
        }
        JsonObject rhapsode = document.getJsonObject("rhapsode");
        JsonObject media = rhapsode.getJsonObject("media");
        return streams.stream()
                .map(stream -> with(document, "rhapsode", with(rhapsode, "media", with(media, "streams", stream))))
                .toList();
    }

    private static JsonObject with(JsonObject object, String name, JsonObject value) {
        return Json.createObjectBuilder(object).add(name, value).build();
    }

    /** Quoted, and not to be taken for a formula by a spreadsheet: what stands here came from the network. */
    static String cell(String text) {
        String safe = isFormula(text) ? "'" + text : text;
        boolean plain =
                safe.chars().allMatch(c -> c != ',' && c != '"' && c != '\r' && c != '\n') && safe.equals(safe.strip());
        return plain ? safe : '"' + safe.replace("\"", "\"\"") + '"';
    }

    private static boolean isFormula(String text) {
        if (text.isEmpty()) {
            return false;
        }
        return switch (text.charAt(0)) {
            case '=', '@', '\t', '\r' -> true;
            // A number of a subscriber begins like that too, and is harmless.
            case '+', '-' -> !text.substring(1).chars().allMatch(Character::isDigit);
            default -> false;
        };
    }

    private void pcapng(Search search, OutputStream out) throws IOException {
        // Not closed with the writer: the end of the stream belongs to who opened it.
        var pcap = new PcapngWriter(out, "Rhapsode");
        if (search.kind() != Kind.CALLS) {
            store.each(search, page -> packets(pcap, page));
            return;
        }
        store.each(search, page -> {
            var ids = new ArrayList<>(page.stream()
                    .map(call -> Documents.text(call.document(), "sip.call_id"))
                    .distinct()
                    .toList());
            for (int from = 0; from < ids.size(); from += CALLS_A_QUESTION) {
                var some = ids.subList(from, Math.min(ids.size(), from + CALLS_A_QUESTION));
                store.eachMessageOf(some, messages -> packets(pcap, messages));
            }
        });
    }

    private static void packets(PcapngWriter pcap, List<Page.Hit> messages) throws IOException {
        for (Page.Hit message : messages) {
            JsonObject document = message.document();
            Instant at = Instant.parse(Documents.text(document, "@timestamp"));
            pcap.write(
                    at.getEpochSecond() * 1_000_000 + at.getNano() / 1_000,
                    CallPcap.ipProtocol(document),
                    CallPcap.address(document, "source.ip"),
                    CallPcap.address(document, "destination.ip"),
                    (int) Documents.number(document, "source.port", 0),
                    (int) Documents.number(document, "destination.port", 0),
                    CallPcap.payload(document),
                    Documents.text(document, "observer.name"),
                    comment(document));
        }
    }

    /** What the packet itself cannot say. */
    private static String comment(JsonObject document) {
        return Stream.of("rhapsode.site", "rhapsode.agent_id", "rhapsode.source", "rhapsode.sender", "event.created")
                .filter(field -> !Documents.text(document, field).isEmpty())
                .map(field -> field.substring(field.indexOf('.') + 1) + " " + Documents.text(document, field))
                .collect(Collectors.joining(", "));
    }
}
