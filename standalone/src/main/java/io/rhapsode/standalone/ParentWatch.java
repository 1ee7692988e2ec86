/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/**
 * Runs another {@code main} that ends with its parent: the parent holds the other end of this process's standard
 * input, and the kernel closes it however the parent dies. Needs nothing but the JDK, for it stands on the class path
 * of other servers.
 */
public final class ParentWatch {

    private ParentWatch() {}

    /** @param arguments the class whose {@code main} to run, then its arguments */
    public static void main(String[] arguments) throws Throwable {
        var watch = new Thread(ParentWatch::haltAtEndOfInput, "parent-watch");
        watch.setDaemon(true);
        watch.start();
        String[] rest = Arrays.copyOfRange(arguments, 1, arguments.length);
        try {
            Class.forName(arguments[0]).getMethod("main", String[].class).invoke(null, (Object) rest);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /** Halts instead of a long good-bye: the next start may already be waiting for this process's ports and files. */
    private static void haltAtEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // Nobody writes; only the end counts.
            }
        } catch (IOException e) {
            System.err.println("standard input: " + e);
        }
        System.err.println("the parent process is gone: stopping");
        Runtime.getRuntime().halt(143);
    }
}
