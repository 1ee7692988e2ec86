/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rhapsode.web.query.Kind;
import io.rhapsode.wire.pcap.PcapngWriter;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
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
        /** The packets; for calls those of all their messages. */
        PCAPNG("application/x-pcapng");

        final String contentType;

        Format(String contentType) {
            this.contentType = contentType;
        }

        String extension() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** @throws Refused 400 */
        static Format of(String name) {
            return Stream.of(values())
                    .filter(format -> format.extension().equals(name))
                    .findAny()
                    .orElseThrow(() -> Refused.badRequest("'format' must be one of "
                            + Arrays.stream(values()).map(Format::extension).collect(Collectors.joining(", "))));
        }
    }

    private static final List<String> MESSAGE_COLUMNS = List.of(
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

    private static final List<String> CALL_COLUMNS = List.of(
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
        var columns = search.kind() == Kind.CALLS ? CALL_COLUMNS : MESSAGE_COLUMNS;
        out.write((String.join(",", columns) + "\r\n").getBytes(UTF_8));
        store.each(search, page -> {
            for (Page.Hit hit : page) {
                String line = columns.stream()
                        .map(column -> cell(String.join(" ", Documents.texts(hit.document(), column))))
                        .collect(Collectors.joining(",", "", "\r\n"));
                out.write(line.getBytes(UTF_8));
            }
        });
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
        if (search.kind() == Kind.MESSAGES) {
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
