/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.spool;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpoolLogTest {

    private static final long MOST = 80_000;

    @TempDir
    private Path folder;

    static Entry entry(int number) {
        byte[] key = number % 5 == 0 ? null : ("call-" + number).getBytes(UTF_8);
        return new Entry(key, ("value " + number + " ".repeat(number % 300)).getBytes(UTF_8), "Zürich", number, 7);
    }

    private static void append(SpoolLog log, int from, int to) {
        for (int n = from; n < to; n++) {
            assertThat(log.append(entry(n))).isNull();
        }
        log.flush();
    }

    private static List<Integer> read(SpoolReader reader) throws IOException {
        var numbers = new ArrayList<Integer>();
        for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
            int number = (int) entry.receivedAtMicros();
            assertThat(entry).usingRecursiveComparison().isEqualTo(entry(number));
            numbers.add(number);
        }
        return numbers;
    }

    private static List<Integer> read(SpoolLog log) throws IOException {
        try (var reader = new SpoolReader(log, log.from())) {
            return read(reader);
        }
    }

    private static List<Integer> numbers(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    private List<Path> files(String ending) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void whatGoesInComesOutInOrderOverManyFilesWhileMoreGoesIn() throws Exception {
        try (var log = SpoolLog.open(folder, MOST);
                var reader = new SpoolReader(log, log.from())) {
            append(log, 0, 150);
            assertThat(read(reader)).isEqualTo(numbers(0, 150));
            append(log, 150, 151);
            assertThat(read(reader)).isEqualTo(numbers(150, 151));
            append(log, 151, 300);
            assertThat(read(reader)).isEqualTo(numbers(151, 300));
            assertThat(files(".log")).hasSizeGreaterThan(4);
            assertThat(log.isEnd(reader.position())).isTrue();
        }
    }

    @Test
    void whatWasNotYetHandedToTheOperatingSystemIsNotAtTheEnd() throws Exception {
        try (var log = SpoolLog.open(folder, MOST);
                var reader = new SpoolReader(log, log.from())) {
            log.append(entry(1));
            assertThat(reader.next()).isNull();
            assertThat(log.isEnd(reader.position())).isFalse();
            log.flush();
            assertThat(read(reader)).containsExactly(1);
        }
    }

    @Test
    void nextRunGoesOnWhereThisOneStoppedAndFilesWantedNoMoreAreGone() throws Exception {
        try (var log = SpoolLog.open(folder, MOST);
                var reader = new SpoolReader(log, log.from())) {
            append(log, 0, 200);
            for (int n = 0; n < 120; n++) {
                reader.next();
            }
            int before = files(".log").size();
            log.from(reader.position());
            assertThat(files(".log")).hasSizeBetween(1, before - 1);
        }
        try (var log = SpoolLog.open(folder, MOST)) {
            append(log, 200, 210);
            assertThat(read(log)).isEqualTo(numbers(120, 210));
        }
        try (var log = SpoolLog.open(folder, MOST)) {
            assertThat(read(log)).isEqualTo(numbers(120, 210));
        }
    }

    @Test
    void tornLastEntryIsCutWhereverItIsTorn() throws Exception {
        for (int cut = 1; cut < 40; cut++) {
            Path run = folder.resolve("run-" + cut);
            try (var log = SpoolLog.open(run, MOST)) {
                append(log, 0, 3);
            }
            try (var files = Files.list(run);
                    var file = new RandomAccessFile(
                            files.filter(name -> name.toString().endsWith(".log"))
                                    .findFirst()
                                    .orElseThrow()
                                    .toFile(),
                            "rw")) {
                file.setLength(file.length() - cut);
            }
            try (var log = SpoolLog.open(run, MOST)) {
                append(log, 3, 5);
                assertThat(read(log)).as("%d bytes lack", cut).containsExactly(0, 1, 3, 4);
            }
        }
    }

    @Test
    void damageCostsTheRestOfItsFileAndIsTold() throws Exception {
        try (var log = SpoolLog.open(folder, MOST)) {
            append(log, 0, 200);
        }
        Path second = files(".log").get(1);
        int damagedAt = (int) Files.size(second) / 2;
        try (var file = new RandomAccessFile(second.toFile(), "rw")) {
            file.seek(damagedAt);
            int was = file.read();
            file.seek(damagedAt);
            file.write(was ^ 1);
        }
        try (var log = SpoolLog.open(folder, MOST);
                var reader = new SpoolReader(log, log.from())) {
            List<Integer> left = read(reader);
            assertThat(left).isSorted().startsWith(0, 1).endsWith(198, 199).hasSizeBetween(150, 199);
            assertThat(reader.damaged()).isBetween(1L, Files.size(second) - damagedAt + 500);
        }
    }

    @Test
    void lengthThatIsNonsenseIsDamageToo() throws Exception {
        try (var log = SpoolLog.open(folder, MOST)) {
            append(log, 0, 3);
        }
        try (var file = new RandomAccessFile(files(".log").get(0).toFile(), "rw")) {
            file.writeInt(Integer.MAX_VALUE);
        }
        try (var log = SpoolLog.open(folder, MOST)) {
            append(log, 3, 4);
            assertThat(read(log)).containsExactly(3);
        }
    }

    @Test
    void fullIsFullAndThereIsRoomAgainWhenTheOldestFileGoes() throws Exception {
        try (var log = SpoolLog.open(folder, MOST);
                var reader = new SpoolReader(log, log.from())) {
            int n = 0;
            while (log.append(entry(n)) == null) {
                n++;
            }
            assertThat(log.append(entry(n))).isEqualTo("spool-full");
            assertThat(log.bytes()).isBetween(MOST - 1_000, MOST);
            assertThat(log.isNearlyFull()).isTrue();

            log.flush();
            reader.next();
            long firstFile = reader.part().base();
            while (reader.part().base() == firstFile) {
                reader.next();
            }
            log.from(reader.position());
            assertThat(log.append(entry(n))).isNull();
        }
    }

    @Test
    void entryThatKafkaWouldNotTakeIsRefused() {
        try (var log = SpoolLog.open(folder, MOST)) {
            assertThat(log.append(new Entry(null, new byte[Entry.LARGEST], "n", 1, 1)))
                    .isEqualTo("too-large");
        }
    }

    @Test
    void failureToWriteIsToldAndTriedAgainAndNothingThatWasTakenIsLost() throws Exception {
        try (var log = SpoolLog.open(folder, 100_000_000)) {
            Path inTheWay = folder.resolve("%019d.log".formatted(log.chapter()));
            Files.createDirectory(inTheWay);
            assertThat(log.append(entry(0))).isNull();
            log.flush();
            assertThat(log.trouble().orElseThrow()).contains("cannot write the spool");
            int taken = 1;
            var large = new Entry(null, new byte[100_000], "n", 1, 1);
            String refused = log.append(large);
            for (; refused == null; taken++) {
                refused = log.append(large);
            }
            assertThat(refused).isEqualTo("spool-error");

            Files.delete(inTheWay);
            assertThat(log.retry()).isTrue();
            assertThat(log.trouble()).isEmpty();
            assertThat(log.append(entry(1))).isNull();
            log.flush();
            try (var reader = new SpoolReader(log, log.from())) {
                int read = 0;
                while (reader.next() != null) {
                    read++;
                }
                assertThat(read).isEqualTo(taken + 1);
            }
        }
    }

    @Test
    void whatWasInFlightComesBeforeWhatCameLaterButOnlyInTheNextRun() throws Exception {
        try (var log = SpoolLog.open(folder, MOST)) {
            append(log, 0, 2);
            log.newChapter();
            append(log, 4, 6);
            log.keepFlight(List.of(entry(2), entry(3)));
            assertThat(read(log)).containsExactly(0, 1, 4, 5);
        }
        try (var log = SpoolLog.open(folder, MOST)) {
            assertThat(read(log)).containsExactly(0, 1, 2, 3, 4, 5);
        }
        try (var log = SpoolLog.open(folder, MOST);
                var reader = new SpoolReader(log, log.from())) {
            read(reader);
            log.from(reader.position());
            assertThat(files("")).extracting(Path::getFileName).containsExactly(Path.of("position"));
        }
    }

    @Test
    void flightThatArrivedIsNotKept() throws Exception {
        try (var log = SpoolLog.open(folder, MOST)) {
            log.keepFlight(List.of(entry(2)));
            log.dropFlight();
        }
        try (var log = SpoolLog.open(folder, MOST)) {
            assertThat(read(log)).isEmpty();
        }
    }

    @Test
    void clearedLogTakesNoRoomAndGoesOn() throws Exception {
        try (var log = SpoolLog.open(folder, MOST);
                var reader = new SpoolReader(log, log.from())) {
            append(log, 0, 10);
            read(reader);
            log.from(reader.position());
            log.clear();
            assertThat(log.bytes()).isZero();
            assertThat(files(".log")).isEmpty();
            append(log, 10, 20);
            log.sync();
            assertThat(read(reader)).isEqualTo(numbers(10, 20));
        }
    }

    @Test
    void oneFolderOneGateway() {
        try (var log = SpoolLog.open(folder, MOST)) {
            assertThatThrownBy(() -> SpoolLog.open(folder, MOST))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("in use by another gateway");
            assertThat(log.bytes()).isZero();
        }
    }
}
