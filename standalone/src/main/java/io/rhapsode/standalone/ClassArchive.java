/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The classes of a program as a JVM has them in memory, kept for later starts, which are quicker with them (class data
 * sharing, JEP 310). A program that is started without them writes down which classes it loads; when it has ended, a
 * JVM that runs nothing makes them from that list. (A JVM that writes its own, on demand, crashes soon after: JDK 25.)
 *
 * @param file its place; of one JVM and these jars
 * @param list the names of the classes, as long as there is no archive
 * @param state what there is to do
 */
record ClassArchive(Path file, Path list, State state) {

    /** What the script that starts the services says of theirs: the file's place. */
    static final String OF_THIS_PROCESS = "rhapsode.class.archive";

    /** In this time it has to be made. */
    static final Duration WRITE_LIMIT = Duration.ofSeconds(45);

    private static final ClassArchive NONE = new ClassArchive(Path.of(""), Path.of(""), State.IMPOSSIBLE);

    enum State {
        THERE,
        MISSING,
        IMPOSSIBLE
    }

    /**
     * The archive of a program; one that is older than a jar is deleted, for the JVM does not use it.
     *
     * @param folder for it
     * @param classPath jars, and folders of jars
     */
    static ClassArchive of(Path folder, String name, List<Path> classPath) throws IOException {
        List<Path> jars = jars(classPath);
        if (!Files.isWritable(folder) || !jars.stream().allMatch(Files::isRegularFile)) {
            return NONE;
        }
        Path file = folder.resolve(name + "-" + Runtime.version() + ".jsa");
        if (Files.exists(file) && isOlder(file, jars)) {
            Files.deleteIfExists(file);
        }
        return at(file);
    }

    /** That of the program this is, if whoever started it wants it. */
    static ClassArchive ofThisProcess() {
        String file = System.getProperty(OF_THIS_PROCESS);
        return file == null ? NONE : at(Path.of(file));
    }

    /** The command that started this process, up to the class. */
    static List<String> jvmOfThisProcess() {
        var jvm = new ArrayList<String>(List.of(java()));
        jvm.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        jvm.addAll(List.of("-cp", System.getProperty("java.class.path")));
        return jvm;
    }

    /** The JVM that runs this. */
    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static ClassArchive at(Path file) {
        Path list = Path.of(file + ".classes");
        return new ClassArchive(file, list, Files.exists(file) ? State.THERE : State.MISSING);
    }

    /** With its list elsewhere: of two such programs at a time each needs its own. */
    ClassArchive listedIn(Path other) {
        return new ClassArchive(file, other, state);
    }

    private static List<Path> jars(List<Path> classPath) throws IOException {
        var jars = new ArrayList<Path>();
        for (Path each : classPath) {
            if (Files.isDirectory(each)) {
                try (var files = Files.list(each)) {
                    files.forEach(jars::add);
                }
            } else {
                jars.add(each);
            }
        }
        return jars;
    }

    private static boolean isOlder(Path file, List<Path> jars) throws IOException {
        FileTime written = Files.getLastModifiedTime(file);
        for (Path jar : jars) {
            if (Files.getLastModifiedTime(jar).compareTo(written) > 0) {
                return true;
            }
        }
        return false;
    }

    /** For the JVM of the program. What it logs is about single classes that cannot be kept, and no news to anybody. */
    List<String> options() {
        return switch (state) {
            case THERE -> List.of("-XX:SharedArchiveFile=" + file, "-Xlog:cds*=off");
            case MISSING -> List.of("-XX:DumpLoadedClassList=" + list, "-Xlog:cds*=off");
            case IMPOSSIBLE -> List.of();
        };
    }

    /** Whether a program has run without it and left what it takes to make it. */
    boolean isMissing() {
        return state == State.MISSING && Files.notExists(file) && Files.exists(list);
    }

    /**
     * Begins to make it.
     *
     * @param jvm the command that starts the program, up to its class: java, its options, its class path
     */
    Writing write(List<String> jvm) throws IOException {
        Path unfinished = file.resolveSibling(
                file.getFileName() + "." + ProcessHandle.current().pid());
        var command = new ArrayList<String>(jvm);
        command.removeAll(options());
        command.addAll(
                // -Xrs: Ctrl-C ends it, as it does a program that does not ask.
                List.of(
                        "-Xrs",
                        "-Xshare:dump",
                        "-XX:SharedClassListFile=" + list,
                        "-XX:SharedArchiveFile=" + unfinished));
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return new Writing(process, unfinished, this);
    }

    /** An archive that is being made. */
    record Writing(Process process, Path unfinished, ClassArchive archive) {

        /** False if it did not come about, which costs nothing but time at the next start. */
        boolean await(Duration limit) throws IOException, InterruptedException {
            boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            process.destroyForcibly().waitFor();
            Files.deleteIfExists(archive.list);
            if (!ended || process.exitValue() != 0 || Files.notExists(unfinished)) {
                Files.deleteIfExists(unfinished);
                return false;
            }
            Files.move(unfinished, archive.file, StandardCopyOption.ATOMIC_MOVE);
            return true;
        }
    }
}
