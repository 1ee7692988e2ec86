/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.service;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Supplier;

/** What is wrong with the settings, gathered so that the operator is told all of it at once, and each mistake once. */
public final class Mistakes {

    private final Set<String> lines = new LinkedHashSet<>();

    /** @param mistake one or more lines, none of them with a secret */
    public void add(String mistake) {
        mistake.lines().forEach(lines::add);
    }

    /**
     * Reads a part of the settings.
     *
     * @param reading throws an {@link IllegalArgumentException} whose message names its mistakes, a line each
     * @return what was read; null if there are mistakes, which are noted
     */
    public <T> T note(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (IllegalArgumentException e) {
            add(e.getMessage());
            return null;
        }
    }

    /** As {@link #note(Supplier)}; each line begins with the place of the mistake, the setting at least. */
    public <T> T note(String place, Supplier<T> reading) {
        return note(() -> {
            try {
                return reading.get();
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(e.getMessage().replaceAll("(?m)^", place + ": "), e);
            }
        });
    }

    /** @throws IllegalArgumentException naming every mistake, a line each, if there are any */
    public void refuse() {
        if (!lines.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", lines));
        }
    }
}
