/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

/** How far a file is: a line that is written over on a terminal, one line at the end elsewhere. */
final class ProgressBar implements AutoCloseable {

    private static final int WIDTH = 30;
    private static final long EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final PrintStream out = System.out;
    private final boolean isTerminal = System.console() != null;
    private final String title;
    private final long total;
    private long drawnAt = System.nanoTime();
    private boolean isDrawn;

    /** @param total bytes of the file */
    ProgressBar(String title, long total) {
        this.title = title;
        this.total = Math.max(1, total);
    }

    /** @param bytes done so far */
    void at(long bytes) {
        long now = System.nanoTime();
        if (isTerminal && now - drawnAt > EVERY_NANOS) {
            drawnAt = now;
            isDrawn = true;
            int full = (int) (WIDTH * Math.min(bytes, total) / total);
            out.print("\r\u001b[K[" + "#".repeat(full) + ".".repeat(WIDTH - full) + "] "
                    + 100 * Math.min(bytes, total) / total + "% " + title);
            out.flush();
        }
    }

    void done(String result) {
        close();
        out.println(title + ": " + result);
    }

    @Override
    public void close() {
        if (isDrawn) {
            out.print("\r\u001b[K");
            isDrawn = false;
        }
    }
}
