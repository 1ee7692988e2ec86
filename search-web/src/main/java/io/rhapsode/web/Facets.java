/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import io.rhapsode.web.query.Kind;
import java.util.List;

/** By what results are counted, beside the hits. */
record Facets(String field, String name, String title) {

    private static final List<Facets> MESSAGES = List.of(
            new Facets("sip.method", "method", "Method"),
            new Facets("sip.code", "code", "Code"),
            new Facets("source.ip", "src", "Source"),
            new Facets("destination.ip", "dst", "Destination"),
            new Facets("sip.user_agent.original", "ua", "User agent"),
            new Facets("observer.name", "node", "Capture node"),
            new Facets("network.transport", "transport", "Transport"),
            new Facets("rhapsode.defects", "defect", "Defects"));

    private static final List<Facets> CALLS = List.of(
            new Facets("rhapsode.call.state", "state", "State"),
            new Facets("sip.method", "method", "Method"),
            new Facets("rhapsode.call.end_class", "endclass", "Why it failed"),
            new Facets("sip.code", "code", "Final code"),
            new Facets("related.ip", "ip", "Address"),
            new Facets("sip.user_agent.original", "ua", "User agent"),
            new Facets("observer.name", "node", "Capture node"),
            new Facets("rhapsode.site", "site", "Site"));

    private static final List<Facets> MEDIA = List.of(
            new Facets("rhapsode.media.source", "report", "Report"),
            new Facets("rhapsode.media.contents", "contents", "Contents"),
            new Facets("rhapsode.media.streams.codec", "codec", "Codec"),
            new Facets("source.ip", "src", "Source"),
            new Facets("destination.ip", "dst", "Destination"),
            new Facets("observer.name", "node", "Capture node"));

    private static final List<Facets> LOGS = List.of(
            new Facets("rhapsode.log.kind", "kind", "Kind"),
            new Facets("log.level", "level", "Level"),
            new Facets("rhapsode.log.method", "rhapsode.log.method", "Method"),
            new Facets("rhapsode.log.content_type", "contenttype", "Content type"),
            new Facets("source.ip", "src", "Source"),
            new Facets("destination.ip", "dst", "Destination"),
            new Facets("network.transport", "transport", "Transport"),
            new Facets("observer.name", "node", "Capture node"));

    static List<Facets> of(Kind kind) {
        return switch (kind) {
            case CALLS -> CALLS;
            case MESSAGES -> MESSAGES;
            case MEDIA -> MEDIA;
            case LOGS -> LOGS;
        };
    }
}
