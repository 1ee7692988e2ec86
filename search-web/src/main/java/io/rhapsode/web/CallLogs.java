/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import java.util.List;

/**
 * The log lines of a call, and the text of what else than SIP belongs to it.
 *
 * @param total how many there are; a page has the first of them
 */
public record CallLogs(long total, List<Line> lines) {

    static final int MAX_LINES = 200;

    /**
     * One line.
     *
     * @param kind "log", "msrp", "xmpp", ...
     * @param level of a log line, empty if it has none
     */
    public record Line(String time, String kind, String level, String text) {}

    static CallLogs of(CallStore.Messages logs) {
        return new CallLogs(
                logs.total(),
                logs.hits().stream()
                        .limit(MAX_LINES)
                        .map(hit -> new Line(
                                Documents.text(hit.document(), "@timestamp"),
                                Documents.text(hit.document(), "rhapsode.log.kind"),
                                Documents.text(hit.document(), "log.level"),
                                Documents.text(hit.document(), "message")))
                        .toList());
    }
}
