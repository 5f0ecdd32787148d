// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.quiverdb.coordinator.cli.Table.Cell;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A migration as text: its phases, a bar for each part, its rate, and what it waits for. */
final class MigrationView {
  private static final List<String> GROW =
      List.of(
          "PREPARED",
          "JOINING",
          "ADOPTING",
          "COPYING",
          "VERIFYING",
          "WARMING",
          "PROMOTED",
          "SETTLING",
          "DROPPING",
          "COOLING",
          "DONE");
  private static final List<String> DRAIN =
      List.of(
          "PREPARED",
          "LEAVING",
          "ADOPTING",
          "COPYING",
          "VERIFYING",
          "WARMING",
          "REMOVED",
          "SETTLING",
          "DROPPING",
          "DONE");

  private static final int BAR = 20;
  private static final int MAX_NAME_CHARS = 30;
  private static final int MAX_PARTS = 12;

  private MigrationView() {}

  /** All lines; none is longer than a table's. */
  static List<String> lines(JsonNode migration, boolean colours) {
    List<String> lines = new ArrayList<>();
    lines.add(
        shown(
            "migration "
                + Session.cell(migration, "id")
                + ": "
                + Session.cell(migration, "kind")
                + " of shard "
                + Session.cell(migration, "shard_id")
                + ", "
                + Session.cell(migration, "target_url")
                + origin(migration)));
    lines.add(phases(migration, colours));
    lines.add(shown(Session.cell(migration, "state") + ": " + numbers(migration)));
    parts(migration.path("progress").path("parts"), lines);
    waiting(migration).ifPresent(text -> lines.addAll(wrapped(text)));
    error(migration).ifPresent(text -> lines.addAll(wrapped(text)));
    migration
        .path("left_dirty")
        .forEach(url -> lines.add(shown("may still hold copies: " + url.asText())));
    return lines;
  }

  private static String origin(JsonNode migration) {
    return switch (Session.cell(migration, "origin")) {
      case "plan" -> ", begun by a plan";
      case "autoscale" -> ", begun by the growth policy";
      default -> "";
    };
  }

  /** One line, for output that is not a terminal. */
  static String line(JsonNode migration) {
    return Session.cell(migration, "updated_at")
        + "  "
        + Session.cell(migration, "phase")
        + "  "
        + Session.cell(migration, "state")
        + ": "
        + printable(
            numbers(migration)
                + waiting(migration).map(text -> "; " + text).orElse("")
                + error(migration).map(text -> "; " + text).orElse(""));
  }

  /** Its state as a cell. */
  static Cell state(JsonNode migration) {
    String state = Session.cell(migration, "state");
    return new Cell(
        state,
        switch (state) {
          case "done" -> CellStyle.GOOD;
          case "running" -> CellStyle.PLAIN;
          case "failed" -> CellStyle.BAD;
          default -> CellStyle.DOUBTFUL;
        });
  }

  /** How much of it is copied, in percent; 0 while it is not known. */
  static long percent(JsonNode object) {
    long total = object.path("points_total").asLong();
    long done = object.path("points_done").asLong();
    return total <= 0 ? 0 : Math.min(100, Math.round(100.0 * done / total - 0.5));
  }

  private static String phases(JsonNode migration, boolean colours) {
    String current = Session.cell(migration, "phase");
    List<String> all = Session.cell(migration, "kind").equals("drain") ? DRAIN : GROW;
    if (!all.contains(current)) {
      all = seen(migration, current);
    }
    List<String> words = new ArrayList<>();
    boolean passed = true;
    for (String phase : all) {
      boolean here = phase.equals(current);
      passed &= !here;
      CellStyle tone = here ? CellStyle.HEADER : passed ? CellStyle.GOOD : CellStyle.PLAIN;
      String text = here ? "[" + phase + "]" : phase;
      words.add(colours ? tone.paint(text) : text);
    }
    return String.join(" ", words);
  }

  /** The phases so far of a migration that is reverted or given up. */
  private static List<String> seen(JsonNode migration, String current) {
    List<String> seen = new ArrayList<>();
    for (JsonNode step : migration.path("steps")) {
      String phase = Session.cell(step, "phase");
      if (!seen.contains(phase)) {
        seen.add(phase);
      }
    }
    if (!seen.contains(current)) {
      seen.add(current);
    }
    if (current.equals("REVERTING")) {
      seen.add("REVERTED");
    }
    return seen;
  }

  private static String numbers(JsonNode migration) {
    JsonNode progress = migration.path("progress");
    StringBuilder text = new StringBuilder(points(progress));
    if (progress.path("points_total").asLong() > 0) {
      text.append(" (").append(percent(progress)).append("%)");
    }
    if (migration.path("finished_at").isNull() || migration.path("finished_at").isMissingNode()) {
      long rate = progress.path("points_per_second").asLong();
      text.append(rate > 0 ? number(", %,d/s", rate) : "");
      JsonNode eta = progress.path("eta_seconds");
      text.append(eta.isNumber() && eta.asLong() > 0 ? ", " + left(eta.asLong()) : "");
      long round = progress.path("round").asLong();
      text.append(round > 1 ? ", round " + round : "");
    }
    return text.toString();
  }

  private static String points(JsonNode object) {
    return number("%,d of ", object.path("points_done").asLong())
        + number("%,d points", object.path("points_total").asLong());
  }

  private static String left(long seconds) {
    return seconds < 120
        ? seconds + " s left"
        : seconds < 7200 ? seconds / 60 + " min left" : seconds / 3600 + " h left";
  }

  /** The unfinished ones first: there may be thousands. */
  private static void parts(JsonNode parts, List<String> lines) {
    List<JsonNode> open = new ArrayList<>();
    List<JsonNode> full = new ArrayList<>();
    parts.forEach(part -> (percent(part) < 100 ? open : full).add(part));
    open.addAll(full);
    List<JsonNode> visible = open.subList(0, Math.min(MAX_PARTS, open.size()));
    int names =
        visible.stream()
            .mapToInt(part -> Math.min(MAX_NAME_CHARS, Session.cell(part, "collection").length()))
            .max()
            .orElse(0);
    for (JsonNode part : visible) {
      lines.add(part(part, names));
    }
    if (open.size() > visible.size()) {
      lines.add("  and " + (open.size() - visible.size()) + " more");
    }
  }

  private static String part(JsonNode part, int width) {
    long percent = percent(part);
    int filled = (int) (percent * BAR / 100);
    String name = Session.cell(part, "collection");
    String cut =
        name.length() <= MAX_NAME_CHARS ? name : name.substring(0, MAX_NAME_CHARS - 3) + "...";
    return shown(
        "  "
            + cut
            + " ".repeat(Math.max(0, width - cut.length()))
            + "  "
            + Session.cell(part, "from")
            + " -> "
            + Session.cell(part, "to")
            + "  ["
            + "#".repeat(filled)
            + ".".repeat(BAR - filled)
            + "] "
            + String.format(Locale.ROOT, "%3d%%", percent)
            + "  "
            + points(part));
  }

  private static Optional<String> waiting(JsonNode migration) {
    JsonNode waiting = migration.path("waiting_on");
    if (!waiting.isObject()) {
      return Optional.empty();
    }
    long attempts = waiting.path("attempts").asLong();
    return Optional.of(
        "waits for "
            + Session.cell(waiting, "what")
            + ": "
            + Session.cell(waiting, "detail")
            + (attempts > 1 ? number(" (%,d attempts)", attempts) : ""));
  }

  private static Optional<String> error(JsonNode migration) {
    String error = Session.cell(migration, "error");
    return error.equals("-") ? Optional.empty() : Optional.of("reason: " + error);
  }

  private static String number(String format, long number) {
    return String.format(Locale.ROOT, format, number);
  }

  private static List<String> wrapped(String text) {
    List<String> lines = new ArrayList<>();
    String rest = printable(text);
    while (rest.length() > Table.WIDTH) {
      int space = rest.lastIndexOf(' ', Table.WIDTH);
      int end = space > 2 ? space : Table.WIDTH;
      lines.add(rest.substring(0, end).stripTrailing());
      rest = "  " + rest.substring(end).stripLeading();
    }
    lines.add(rest);
    return lines;
  }

  private static String shown(String text) {
    String clean = printable(text);
    return clean.length() <= Table.WIDTH ? clean : clean.substring(0, Table.WIDTH - 3) + "...";
  }

  private static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
