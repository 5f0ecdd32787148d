// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The manual page of one command, in the language of man(7), from its help. */
final class ManPage {
  private static final String EXIT_CODES = "Exit codes: ";
  private static final String EXAMPLES = "Examples:";

  /** The environment variables of the program and its launcher. */
  private static final List<List<String>> VARIABLES =
      List.of(
          List.of("QUIVER_COORDINATOR_URL", "The members to ask, separated by commas."),
          List.of("QUIVER_API_KEY", "The API key to present to them."),
          List.of("NO_COLOR", "Print no colours, whatever its value."),
          List.of("JAVA_HOME", "A Java runtime, 17 or later; else the java on PATH is used."),
          List.of(
              "QUIVER_COORDINATOR_JVM_OPTS",
              "More options for the Java virtual machine, separated by blanks."),
          List.of(
              "QUIVER_COORDINATOR_CLASS_ARCHIVE",
              "The archive of classes, if it is not next to the jar."));

  private final StringBuilder text = new StringBuilder();
  private final CommandSpec command;

  private ManPage(CommandSpec command) {
    this.command = command;
  }

  /** The name of the page, without its section. */
  static String name(CommandSpec command) {
    return command.qualifiedName("-");
  }

  /** The whole page. */
  static String of(CommandSpec command, String version) {
    return new ManPage(command).written(version);
  }

  private String written(String version) {
    text.append(".TH \"%s\" 1 \"\" \"%s\"\n".formatted(escaped(name(command)), escaped(version)));
    section("NAME");
    line(name(command) + " - " + String.join(" ", command.usageMessage().description()));
    section("SYNOPSIS");
    verbatim(new Help(command, Help.defaultColorScheme(Ansi.OFF)).synopsis(0).lines().toList());
    section("DESCRIPTION");
    line(String.join(" ", command.usageMessage().description()));
    List<List<String>> footer = paragraphs(command.usageMessage().footer());
    footer.stream().filter(p -> !isSection(p)).forEach(this::paragraph);
    arguments();
    subcommands();
    footer.stream().filter(ManPage::isSection).forEach(this::ownSection);
    if (command.parent() == null) {
      section("ENVIRONMENT");
      VARIABLES.forEach(variable -> item("\\fB" + variable.get(0) + "\\fR", variable.get(1)));
    }
    seeAlso();
    return text.toString();
  }

  private void arguments() {
    List<PositionalParamSpec> words =
        command.positionalParameters().stream().filter(word -> !word.hidden()).toList();
    List<OptionSpec> options =
        command.options().stream().filter(option -> !option.hidden()).toList();
    if (words.isEmpty() && options.isEmpty()) {
      return;
    }
    section("OPTIONS");
    for (PositionalParamSpec word : words) {
      item("\\fI" + escaped(word.paramLabel()) + "\\fR", String.join(" ", word.description()));
    }
    for (OptionSpec option : options) {
      String value =
          option.arity().max() == 0 ? "" : "=\\fI" + escaped(option.paramLabel()) + "\\fR";
      List<String> names =
          Stream.of(option.names()).map(name -> "\\fB" + escaped(name) + "\\fR").toList();
      item(String.join(", ", names) + value, String.join(" ", option.description()));
    }
  }

  private void subcommands() {
    List<CommandSpec> shown = shown(command);
    if (!shown.isEmpty()) {
      section("COMMANDS");
      shown.forEach(
          below ->
              item(
                  "\\fB" + escaped(below.name()) + "\\fR",
                  String.join(" ", below.usageMessage().description())));
    }
  }

  private void seeAlso() {
    List<String> others = new ArrayList<>();
    if (command.parent() != null) {
      others.add(name(command.parent()));
    }
    shown(command).forEach(below -> others.add(name(below)));
    if (!others.isEmpty()) {
      section("SEE ALSO");
      text.append(
          String.join(
              ",\n", others.stream().map(name -> ".BR " + escaped(name) + " (1)").toList()));
      text.append('\n');
    }
  }

  /** The visible subcommands of a command. */
  static List<CommandSpec> shown(CommandSpec command) {
    return command.subcommands().values().stream()
        .map(CommandLine::getCommandSpec)
        .filter(below -> !below.usageMessage().hidden())
        .distinct()
        .toList();
  }

  private static List<List<String>> paragraphs(String[] lines) {
    List<List<String>> result = new ArrayList<>();
    List<String> current = new ArrayList<>();
    for (String line : lines) {
      if (!line.isEmpty()) {
        current.add(line);
      } else if (!current.isEmpty()) {
        result.add(List.copyOf(current));
        current.clear();
      }
    }
    if (!current.isEmpty()) {
      result.add(List.copyOf(current));
    }
    return result;
  }

  private static boolean isSection(List<String> paragraph) {
    return paragraph.get(0).equals(EXAMPLES) || paragraph.get(0).startsWith(EXIT_CODES);
  }

  private void ownSection(List<String> paragraph) {
    if (paragraph.get(0).equals(EXAMPLES)) {
      section("EXAMPLES");
      verbatim(paragraph.subList(1, paragraph.size()).stream().map(String::strip).toList());
    } else {
      section("EXIT STATUS");
      line(String.join(" ", paragraph).substring(EXIT_CODES.length()));
    }
  }

  private void section(String title) {
    text.append(".SH \"").append(title).append("\"\n");
  }

  private void paragraph(List<String> lines) {
    text.append(".PP\n");
    line(String.join(" ", lines));
  }

  private void item(String tag, String what) {
    text.append(".TP\n").append(tag).append('\n');
    line(what);
  }

  private void verbatim(List<String> lines) {
    text.append(".nf\n");
    lines.forEach(this::line);
    text.append(".fi\n");
  }

  private void line(String plain) {
    text.append(escaped(plain)).append('\n');
  }

  private static String escaped(String plain) {
    String safe = plain.replace("\\", "\\e").replace("-", "\\-");
    return safe.startsWith(".") || safe.startsWith("'") ? "\\&" + safe : safe;
  }
}
