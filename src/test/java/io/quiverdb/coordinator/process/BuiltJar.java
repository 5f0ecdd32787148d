// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How tests start the built jar: as the launcher starts a member. */
public final class BuiltJar {
  /** For tests: what the optimizing compiler does never pays in members that live for seconds. */
  public static final List<String> UNOPTIMIZED = List.of("-XX:TieredStopAtLevel=1");

  private BuiltJar() {}

  /** Arguments of the java command, up to the jar, with these options of the JVM besides. */
  public static List<String> arguments(List<String> options) {
    String jar = System.getProperty("quiver.coordinator.jar");
    List<String> arguments = new ArrayList<>();
    arguments.add("@" + System.getProperty("quiver.coordinator.jvm.args"));
    arguments.add("-XX:SharedArchiveFile=" + jar.replaceFirst("\\.jar$", ".jsa"));
    arguments.add("-Xlog:cds*=off");
    arguments.addAll(options);
    arguments.addAll(List.of("-jar", jar));
    return arguments;
  }

  /** A whole command that runs these words. */
  static List<String> command(List<String> options, String... words) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(arguments(options));
    command.addAll(List.of(words));
    return command;
  }
}
