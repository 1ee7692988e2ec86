/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** A capture and what is known to be in it, one JSON object a line. */
public record OracleFile(Path capture, List<JsonObject> rows) {

    private static final Path BUNDLED = Path.of("src/test/resources/captures");

    private static final Path EXTRA = Path.of(
            Optional.ofNullable(System.getenv("RHAPSODE_EXTRA_CAPTURES")).orElse("../../shared/data"));

    /** What is to be tested with each capture. */
    public interface Check {
        void check(OracleFile file) throws Exception;
    }

    /**
     * A test for each capture in the project and in the folder of extra captures whose expected results have this
     * suffix; without that folder a skipped test says so.
     */
    public static Stream<DynamicTest> tests(String suffix, Predicate<OracleFile> wanted, Check check) {
        var extra = Files.isDirectory(EXTRA.resolve("files"))
                ? below(EXTRA.resolve("files"), suffix).stream()
                        .filter(wanted)
                        .map(file -> dynamicTest("extra " + file, () -> check.check(file)))
                : Stream.of(dynamicTest("extra captures", () -> abort("no folder " + EXTRA.toAbsolutePath())));
        return Stream.concat(
                below(BUNDLED, suffix).stream()
                        .filter(wanted)
                        .map(file -> dynamicTest("bundled " + file, () -> check.check(file))),
                extra);
    }

    private static List<OracleFile> below(Path folder, String suffix) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .sorted()
                    .map(file -> read(file, suffix))
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static OracleFile read(Path oracle, String suffix) {
        String name = oracle.getFileName().toString();
        try (Stream<String> lines = Files.lines(oracle, UTF_8)) {
            return new OracleFile(
                    oracle.resolveSibling(name.substring(0, name.length() - suffix.length())),
                    lines.map(line -> Json.createReader(new StringReader(line)).readObject())
                            .toList());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The rows whose transport is this one. */
    public List<JsonObject> rows(String transportField, String transport) {
        return rows.stream()
                .filter(row -> transport.equals(row.getString(transportField, null)))
                .toList();
    }

    @Override
    public String toString() {
        return capture.getFileName().toString();
    }
}
