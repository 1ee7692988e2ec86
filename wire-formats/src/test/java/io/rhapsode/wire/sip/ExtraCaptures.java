/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The folder of messages that may not be part of the project; tests on it are skipped by name where it is not there. */
final class ExtraCaptures {
    private static final Path FOLDER = Path.of(
            Optional.ofNullable(System.getenv("RHAPSODE_EXTRA_CAPTURES")).orElse("../../shared/data"));

    private ExtraCaptures() {}

    static Path require(String file) {
        assumeTrue(Files.isDirectory(FOLDER), "no folder " + FOLDER.toAbsolutePath());
        return FOLDER.resolve(file);
    }

    /** The first column of a table that has a header line. */
    static List<String> names(Path table) throws IOException {
        return Files.readAllLines(table).stream()
                .skip(1)
                .map(line -> line.substring(0, line.indexOf('\t')))
                .toList();
    }
}
