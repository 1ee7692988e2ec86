/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import java.time.Duration;

/**
 * How much Elasticsearch is given at a time, learnt from its answers as TCP learns what a network takes (RFC 5681): half of
 * it when it pushes back or is slow, then more by small steps. Indexers that share a cluster come to equal shares
 * this way, and none needs to know of the others. Belongs to one thread.
 */
final class Pace {

    /** A bulk should be answered within half of the time that closing waits for it. */
    private static final Duration SLOW = Duration.ofSeconds(5);

    /** Fewer make a bulk's own costs (a request, an fsync) most of it. */
    private static final int FEWEST_DOCUMENTS = 100;

    private static final int STEPS = 16;

    private final int mostBulks;
    private final int mostDocuments;

    private int bulks;
    private int documents;
    private int goodInARow;
    private long lessenedAtNanos = Long.MIN_VALUE;

    /**
     * @param mostBulks on their way at a time when all is well
     * @param mostDocuments in one bulk when all is well
     */
    Pace(int mostBulks, int mostDocuments) {
        this.mostBulks = mostBulks;
        this.mostDocuments = mostDocuments;
        this.bulks = mostBulks;
        this.documents = mostDocuments;
    }

    /** Bulks that may be on their way at a time. */
    int bulks() {
        return bulks;
    }

    /** Documents that one bulk may have. */
    int documents() {
        return documents;
    }

    /**
     * Learns from one answer.
     *
     * @param sentAtNanos when its bulk was sent ({@link System#nanoTime})
     * @param nowNanos when it came
     */
    void learn(BulkAnswer answer, long sentAtNanos, long nowNanos) {
        if (answer.pushesBack() || nowNanos - sentAtNanos > SLOW.toNanos()) {
            // Those that were on their way together tell of one trouble, not of many.
            if (lessenedAtNanos == Long.MIN_VALUE || sentAtNanos - lessenedAtNanos >= 0) {
                bulks = Math.max(1, bulks / 2);
                documents = Math.max(Math.min(FEWEST_DOCUMENTS, mostDocuments), documents / 2);
                lessenedAtNanos = nowNanos;
            }
            goodInARow = 0;
        } else if (answer.status() == 200) {
            documents = Math.min(mostDocuments, documents + Math.max(1, mostDocuments / STEPS));
            if (++goodInARow % STEPS == 0) {
                bulks = Math.min(mostBulks, bulks + 1);
            }
        }
    }
}
