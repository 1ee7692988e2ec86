/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import io.rhapsode.schema.KeptIndex;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The list of calls that retention must leave. That it does is the indexer's work, which reads this list. */
final class Holds {

    static final int MOST = 1_000;
    static final int LONGEST_REASON = 500;
    static final int LONGEST_BY = 80;

    private static final Logger LOG = LoggerFactory.getLogger(Holds.class);

    /** Elasticsearch takes ids of up to 512 bytes; 160 characters are at most 480. */
    private static final int LONGEST_ID = 160;

    private final Kept kept;
    private final CallStore store;

    Holds(Elasticsearch elasticsearch, CallStore store) {
        this.kept = new Kept(elasticsearch, KeptIndex.HOLDS, MOST);
        this.store = store;
    }

    /** The latest first. */
    List<Hold> all() {
        return kept.all().stream()
                .map(Hold::of)
                .sorted(Comparator.comparing(Hold::heldAt).reversed())
                .toList();
    }

    Optional<Hold> find(String callId) {
        return of(List.of(callId)).stream().findFirst();
    }

    /** Those of these calls. */
    List<Hold> of(Collection<String> callIds) {
        return kept.get(callIds.stream().map(Holds::id).toList()).stream()
                .map(Hold::of)
                .toList();
    }

    /**
     * A call that is held already stays as it is: who holds it and why is not written over.
     *
     * @throws Refused 404 if there is nothing of the call, 409 if it is held already
     */
    Hold put(String callId, Parameters told) {
        String reason = told.line("reason", LONGEST_REASON);
        String by = told.line("by", LONGEST_BY);
        if (!store.knows(callId)) {
            throw Api.unknownCall(callId);
        }
        var hold = Hold.of(kept.put(
                id(callId),
                Hold.document(callId, reason, by, Instant.now().truncatedTo(ChronoUnit.MILLIS)),
                Kept.Condition.ABSENT));
        LOG.info("Call {} is held by {}: {}", quoted(callId), quoted(by), quoted(reason));
        return hold;
    }

    /**
     * @param by who releases it, for the log
     * @throws Refused 404 if it is not held, 409 if the condition does not hold
     */
    void release(String callId, String by, Kept.Condition condition) {
        var hold = find(callId).orElseThrow(() -> unknown(callId));
        if (!kept.delete(id(callId), condition)) {
            throw unknown(callId);
        }
        LOG.info(
                "Call {} is released by {}; {} had held it since {}: {}",
                quoted(callId),
                quoted(by),
                quoted(hold.by()),
                hold.heldAt(),
                quoted(hold.reason()));
    }

    static Refused unknown(String callId) {
        return Refused.notFound("no call is held with the Call-ID '" + Parameters.cut(callId) + "'");
    }

    /** What comes from outside makes no lines of its own in the log. */
    private static String quoted(String text) {
        return Json.createValue(text).toString();
    }

    private static String id(String callId) {
        if (callId.length() <= LONGEST_ID) {
            return callId;
        }
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(callId.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
