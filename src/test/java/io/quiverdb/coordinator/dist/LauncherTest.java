// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.dist;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How {@code bin/quiver-coordinator} uses its environment; its Java is a script here. */
class LauncherTest {
  private static final Path SHIPPED = Path.of("src/dist/bin/quiver-coordinator");

  private static final String ECHO = "echo $$\nfor word; do printf '%s\\n' \"$word\"; done\n";

  @TempDir Path folder;

  private final Map<String, String> environment = new HashMap<>();
  private Path home;
  private Path launcher;
  private Path java;

  private record Ended(int code, long pid, List<String> out, String err) {}

  @BeforeEach
  void unpack() throws IOException {
    home = folder.toRealPath().resolve("a place/with blanks");
    launcher = Files.createDirectories(home.resolve("bin")).resolve("quiver-coordinator");
    Files.copy(SHIPPED, launcher);
    Files.createDirectories(home.resolve("lib"));
    Files.createFile(home.resolve("lib/quiver-coordinator.jar"));
    java = java("a java", "17.0.15", ECHO);
    environment.put("JAVA_HOME", java.toString());
  }

  @Test
  void anOperatorsCommandStartsWithoutWhatPaysLater() throws Exception {
    assertEquals(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xms16m",
            "-XX:-UsePerfData",
            "-XX:SharedArchiveFile=" + home + "/lib/quiver-coordinator.jsa",
            "-Xlog:cds*=off",
            "-jar",
            home + "/lib/quiver-coordinator.jar",
            "locate",
            "an id  with * and 'quotes'",
            ""),
        typed("locate", "an id  with * and 'quotes'", "").out());
  }

  @Test
  void whatRunsForLongGetsTheOptionsOfItsFile() throws Exception {
    for (String command : List.of("serve", "relay", "dev", "demo")) {
      assertEquals(
          List.of(
              "@" + home + "/lib/jvm.args",
              "-XX:SharedArchiveFile=" + home + "/lib/quiver-coordinator.jsa",
              "-Xlog:cds*=off",
              "-jar",
              home + "/lib/quiver-coordinator.jar",
              command),
          typed(command).out());
    }
  }

  @Test
  void whatTheOperatorAddsComesLastAndSoWins() throws Exception {
    environment.put("QUIVER_COORDINATOR_JVM_OPTS", "-Xmx1g  -Dname=*");
    environment.put("QUIVER_COORDINATOR_CLASS_ARCHIVE", "/some/where else.jsa");
    List<String> out = typed("serve").out();
    assertEquals("-XX:SharedArchiveFile=/some/where else.jsa", out.get(1));
    assertEquals(List.of("-Xmx1g", "-Dname=*", "-jar"), out.subList(3, 6));
  }

  @Test
  void linksLeadToItsFolder() throws Exception {
    Path far = Files.createDirectories(folder.resolve("far away"));
    Files.createSymbolicLink(far.resolve("first"), launcher);
    Files.createSymbolicLink(far.resolve("second"), Path.of("first"));
    Path linkedFolder = Files.createSymbolicLink(folder.resolve("linked"), home.resolve("bin"));
    for (Path link : List.of(far.resolve("second"), linkedFolder.resolve("quiver-coordinator"))) {
      Ended ended = run(List.of(link.toString(), "status"));
      assertTrue(ended.out().contains(home + "/lib/quiver-coordinator.jar"), ended.toString());
    }
  }

  @Test
  void aFolderOfCdpathDoesNotDisturb() throws Exception {
    environment.put("CDPATH", folder.toString());
    Files.createDirectories(folder.resolve("bin"));
    Process process =
        builder(List.of("bin/quiver-coordinator", "ids")).directory(home.toFile()).start();
    assertTrue(ended(process).out().contains(home + "/lib/quiver-coordinator.jar"));
  }

  /** So that signals reach the JVM, and its exit code the process that started this. */
  @Test
  void theProcessBecomesTheJvm() throws Exception {
    environment.put("JAVA_HOME", java("failing", "25", ECHO + "exit 3\n").toString());
    Process process = builder(List.of(launcher.toString(), "serve")).start();
    Ended ended = ended(process);
    assertEquals(process.pid(), ended.pid());
    assertEquals(3, ended.code());
  }

  @Test
  void aJavaThatIsTooOld() throws Exception {
    environment.put("JAVA_HOME", java("older", "11.0.24", ECHO).toString());
    refused("is a Java of version 11, and 17 or later is needed");
  }

  @Test
  void aJavaWithoutTheFileThatSaysItsVersionIsAsked() throws Exception {
    for (String version : List.of("1.8.0_402", "17.0.15", "26-ea")) {
      Path other =
          java("asked " + version, version, "echo 'openjdk version \"" + version + "\"' >&2\n");
      Files.delete(other.resolve("release"));
      environment.put("JAVA_HOME", other.toString());
      assertEquals(version.startsWith("1.") ? 2 : 0, typed("ids").code(), version);
    }
  }

  @Test
  void noJavaAtAll() throws Exception {
    environment.put("JAVA_HOME", home.toString());
    refused("JAVA_HOME is " + home + ", and there is no bin/java in it");
    environment.remove("JAVA_HOME");
    environment.put("PATH", tools().toString());
    refused("No Java was found");
  }

  @Test
  void theJavaOnThePathIsTaken() throws Exception {
    environment.remove("JAVA_HOME");
    Path tools = tools();
    Files.createSymbolicLink(tools.resolve("java"), java.resolve("bin/java"));
    environment.put("PATH", tools.toString());
    assertEquals(0, typed("ids").code());
  }

  @Test
  void aNewArchiveTakesTheOldOnesPlaceAsAWhole() throws Exception {
    Path archive = Files.writeString(home.resolve("lib/quiver-coordinator.jsa"), "old");
    String training = "echo said\nprintf new > \"${1#*=}\"\n[ -d \"$9\" ]\n";
    environment.put("JAVA_HOME", java("training", "17", training + "exit 1\n").toString());
    Ended failed = typed("train-class-archive");
    assertEquals(1, failed.code());
    assertTrue(failed.err().contains("said"), failed.err());
    assertEquals("old", Files.readString(archive));

    environment.put("JAVA_HOME", java("trained", "17", training).toString());
    assertEquals(0, typed("train-class-archive").code());
    assertEquals("new", Files.readString(archive));
    try (Stream<Path> left = Files.list(home.resolve("lib"))) {
      assertEquals(2, left.count());
    }
  }

  @Test
  void anArchiveThatCannotBeWritten() throws Exception {
    environment.put("QUIVER_COORDINATOR_CLASS_ARCHIVE", "/absent/archive.jsa");
    Ended ended = typed("train-class-archive");
    assertEquals(2, ended.code());
    assertTrue(ended.err().contains("error: /absent/archive.jsa cannot be written"), ended.err());
  }

  private void refused(String message) throws Exception {
    Ended ended = typed("ids");
    assertEquals(2, ended.code());
    assertTrue(ended.err().contains(message), ended.err());
    assertFalse(ended.out().contains("-jar"));
  }

  /** A Java of this version that does this. */
  private Path java(String name, String version, String script) throws IOException {
    Path place = folder.resolve(name);
    Path program = Files.createDirectories(place.resolve("bin")).resolve("java");
    script(program, script);
    Files.writeString(place.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return place;
  }

  private static void script(Path file, String text) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** A folder with all that the launcher calls, but for Java. */
  private Path tools() throws IOException {
    Path tools = folder.resolve("tools");
    if (Files.notExists(tools)) {
      Files.createDirectories(tools);
      for (String tool : List.of("readlink", "sed")) {
        String there = Files.exists(Path.of("/usr/bin", tool)) ? "/usr/bin/" : "/bin/";
        script(tools.resolve(tool), "exec " + there + tool + " \"$@\"\n");
      }
    }
    return tools;
  }

  private Ended typed(String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of(launcher.toString()));
    command.addAll(List.of(words));
    return run(command);
  }

  private Ended run(List<String> command) throws Exception {
    return ended(builder(command).start());
  }

  private ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("QUIVER_"));
    builder.environment().remove("JAVA_HOME");
    builder.environment().putAll(environment);
    return builder;
  }

  private static Ended ended(Process process) throws Exception {
    List<String> out =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    boolean ran = !out.isEmpty() && out.get(0).matches("\\d+");
    return new Ended(
        process.exitValue(),
        ran ? Long.parseLong(out.get(0)) : 0,
        ran ? out.subList(1, out.size()) : out,
        err);
  }
}
