/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web.query;

import io.rhapsode.schema.Indices;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a search finds. All kinds have Call-IDs, by which one is asked for by the fields of another; the order is that in
 * which they are asked for a field that several have.
 */
public enum Kind {
    CALLS(
            Indices.CALLS,
            List.of(),
            List.of(
                    "sip.call_id",
                    "rhapsode.call.a_number",
                    "rhapsode.call.b_number",
                    "sip.from.uri.username",
                    "sip.to.uri.username",
                    "sip.status",
                    "sip.user_agent.original",
                    "rhapsode.call.state",
                    "sip.method",
                    "observer.name")),

    MESSAGES(Indices.SIP, List.of("event.original"), List.of()),

    /** Reports of media quality. What came in octets, or in a SIP message, has no text: its names are searched. */
    MEDIA(
            Indices.MEDIA,
            List.of("event.original"),
            List.of(
                    "sip.call_id",
                    "rhapsode.media.source",
                    "rhapsode.media.contents",
                    "rhapsode.media.cname",
                    "rhapsode.media.streams.codec")),

    /** Log lines, MSRP, XMPP and other text. */
    LOGS(Indices.LOGS, List.of("message", "event.original"), List.of("sip.call_id"));

    private final Indices indices;
    private final List<String> texts;
    private final List<String> names;

    Kind(Indices indices, List<String> texts, List<String> names) {
        this.indices = indices;
        this.texts = texts;
        this.names = names;
    }

    public Indices indices() {
        return indices;
    }

    /** The kind of this name, "calls". */
    public static Optional<Kind> of(String path) {
        return Stream.of(values()).filter(kind -> kind.path().equals(path)).findAny();
    }

    /** As addresses have it: "calls". */
    public String path() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The fields of running text that words are looked for in; none: the messages are asked. */
    List<String> texts() {
        return texts;
    }

    /** The fields that may be what a word says, as a whole or by their beginning. */
    List<String> names() {
        return names;
    }
}
