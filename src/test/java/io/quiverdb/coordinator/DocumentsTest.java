// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quiverdb.coordinator.command.Command;
import io.quiverdb.coordinator.command.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The links in the documents, and the names of files and classes in them, are valid. {@code
 * -Dquiver.docs.write=true} writes the table of packages.
 */
class DocumentsTest {
  private static final Path TOP = Path.of("");
  private static final Path ARCHITECTURE = Path.of("docs", "architecture.md");
  private static final Path FORMATS = Path.of("docs", "formats.md");
  private static final String BEGIN = "<!-- begin packages: DocumentsTest writes them -->\n";
  private static final String END = "<!-- end packages -->\n";

  private static final String LICENCE = ArchitectureTest.LICENCE + "\n";

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern CODE = Pattern.compile("`([^`\\n]+)`");
  private static final Pattern COMMAND_ROW = Pattern.compile("(?m)^\\| (`[^|]+`) \\|");
  private static final Pattern CLASS_NAME =
      Pattern.compile(
          "(?:[a-z]+/)*((?:[A-Z][a-z0-9]+){2,}|[A-Z][A-Za-z0-9]+(?:Test|IT))(?:[.#].*)?");

  /** Names of other programs that look like classes of this one. */
  private static final Set<String> FOREIGN =
      Set.of("SelectorProvider", "NullAway", "StatefulSet", "PodDisruptionBudget", "MemoryBench");

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    TreeSet<String> broken = new TreeSet<>();
    for (Path document : documents()) {
      Matcher links = LINK.matcher(Headings.prose(document));
      while (links.find()) {
        String link = links.group(1);
        if (!link.matches("[a-z]+:.*") && !leadsSomewhere(document, link)) {
          broken.add(document + ": " + link);
        }
      }
    }
    assertEquals(Set.of(), broken, "links that lead nowhere");
  }

  @Test
  void everyClassThatIsNamedExists() throws IOException {
    String classes = sources().stream().map(Path::toString).collect(Collectors.joining("\n"));
    TreeSet<String> unknown = new TreeSet<>();
    for (Path document : documents()) {
      if (document.endsWith("CHANGELOG.md")) {
        continue;
      }
      Matcher codes = CODE.matcher(Headings.prose(document));
      while (codes.find()) {
        Matcher name = CLASS_NAME.matcher(codes.group(1));
        if (name.matches()
            && !FOREIGN.contains(name.group(1))
            && !classes.contains("/" + name.group(1) + ".java")) {
          unknown.add(document + ": " + codes.group(1));
        }
      }
    }
    assertEquals(Set.of(), unknown, "classes that are not there");
  }

  @Test
  void everySourcePathThatIsNamedExists() throws IOException {
    TreeSet<String> unknown = new TreeSet<>();
    for (Path document : documents()) {
      Matcher codes = CODE.matcher(Headings.prose(document));
      while (codes.find()) {
        String path = codes.group(1);
        if (path.matches("(src|cluster-configs|docs|\\.ci|\\.github)/[\\w./-]+")
            && Files.notExists(TOP.resolve(path))) {
          unknown.add(document + ": " + path);
        }
      }
    }
    assertEquals(Set.of(), unknown, "paths that are not there");
  }

  @Test
  void everySourceFileNamesItsLicence() throws IOException {
    TreeSet<String> bare = new TreeSet<>();
    for (Path file : sources()) {
      if (!Files.readString(file).startsWith(LICENCE)) {
        bare.add(file.toString());
      }
    }
    assertEquals(
        Set.of(), bare, "make fmt adds the licence; in package-info.java it is yours to add");
  }

  @Test
  void thePackageTableIsThatOfTheCode() throws IOException {
    String document = Files.readString(ARCHITECTURE);
    int begin = document.indexOf(BEGIN);
    int end = document.indexOf(END);
    assertTrue(begin >= 0 && end > begin, ARCHITECTURE + " has lost its markers");
    String current = document.substring(0, begin) + BEGIN + packages() + document.substring(end);
    if (Boolean.getBoolean("quiver.docs.write")) {
      Files.writeString(ARCHITECTURE, current);
    }
    assertEquals(
        current,
        Files.readString(ARCHITECTURE),
        "run DocumentsTest once with -Dquiver.docs.write=true");
  }

  @Test
  void everyCommandHasItsRow() throws IOException {
    Set<String> listed = new TreeSet<>();
    Matcher rows = COMMAND_ROW.matcher(section(FORMATS, "| command | fields |"));
    while (rows.find()) {
      CODE.matcher(rows.group(1)).results().forEach(name -> listed.add(name.group(1)));
    }
    Set<String> known =
        commands(Command.class)
            .map(command -> command.getAnnotation(Wire.class).value())
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(known, listed);
  }

  /** A table from its head to the empty line behind it. */
  private static String section(Path document, String head) throws IOException {
    String text = Files.readString(document);
    int begin = text.indexOf(head);
    assertTrue(begin >= 0, document + " has no " + head);
    return text.substring(begin, text.indexOf("\n\n", begin)) + "\n";
  }

  private static Stream<Class<?>> commands(Class<?> family) {
    return family.isSealed()
        ? Stream.of(family.getPermittedSubclasses()).flatMap(DocumentsTest::commands)
        : Stream.of(family);
  }

  private static String packages() throws IOException {
    StringBuilder table =
        new StringBuilder("| package | what lives there | may use |\n|---|---|---|\n");
    for (Map.Entry<String, Layers.Layer> row : Layers.TABLE.entrySet()) {
      table
          .append("| `")
          .append(row.getKey())
          .append("` | ")
          .append(firstSentence(row.getKey()))
          .append(" | ")
          .append(uses(row.getValue()))
          .append(" |\n");
    }
    return table.toString();
  }

  private static String uses(Layers.Layer layer) {
    return Stream.concat(
            Layers.TABLE.keySet().stream().filter(layer.layers()::contains),
            layer.libraries().stream().flatMap(prefix -> library(prefix).stream()).sorted())
        .distinct()
        .collect(Collectors.joining(", "));
  }

  /** The library of a prefix of class names; none for those that the table leaves out. */
  private static List<String> library(String prefix) {
    return Map.of(
            "com.fasterxml.jackson.", List.of("Jackson"),
            "org.apache.ratis.", List.of("Ratis"),
            "io.javalin.", List.of("Javalin"),
            "io.micrometer.", List.of("Micrometer"),
            "picocli.", List.of("picocli"),
            "ch.qos.logback.", List.of("Logback"))
        .getOrDefault(prefix, List.of());
  }

  private static String firstSentence(String layer) throws IOException {
    Path file =
        Path.of("src/main/java/io/quiverdb/coordinator")
            .resolve(layer.replace('.', '/'))
            .resolve("package-info.java");
    String comment = Files.readString(file).replaceAll("(?s).*?/\\*\\*(.*?)(<p>|\\*/).*", "$1");
    String text =
        comment
            .replaceAll("\\n \\* ?", " ")
            .replaceAll("\\{@(?:code|link) ([^}]*)}", "`$1`")
            .replaceAll(" \\(docs/[^)]*\\)", "")
            .replaceAll("<[^>]*>", "")
            .strip();
    int end = text.indexOf(". ");
    String sentence = end < 0 ? text : text.substring(0, end);
    return sentence.replaceAll("\\.$", "");
  }

  private static boolean leadsSomewhere(Path document, String link) throws IOException {
    int hash = link.indexOf('#');
    String path = hash < 0 ? link : link.substring(0, hash);
    Path target =
        path.isEmpty()
            ? document
            : Path.of(String.valueOf(document.getParent() == null ? TOP : document.getParent()))
                .resolve(path)
                .normalize();
    if (Files.notExists(target)) {
      return false;
    }
    return hash < 0 || Headings.of(target).contains(link.substring(hash + 1));
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    }
  }

  private static List<Path> documents() throws IOException {
    try (Stream<Path> docs = Files.walk(Path.of("docs"));
        Stream<Path> configs = Files.walk(Path.of("cluster-configs"))) {
      return Stream.of(Stream.of(Path.of("README.md"), Path.of("CHANGELOG.md")), docs, configs)
          .flatMap(files -> files)
          .filter(file -> file.toString().endsWith(".md"))
          .sorted()
          .toList();
    }
  }
}
