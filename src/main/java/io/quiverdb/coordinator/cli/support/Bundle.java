// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.cli.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.cli.rest.EveryMember;
import io.quiverdb.coordinator.cli.rest.Fetched;
import io.quiverdb.coordinator.cli.rest.MemberFound;
import io.quiverdb.coordinator.cli.rest.RestException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The data of every member in one archive. Asks only for data that a member has without the others.
 */
public final class Bundle {
  /** Of a log, only its end. */
  private static final int MAX_LOG_BYTES = 8 << 20;

  private static final String TOP = "quiver-coordinator-support/";

  private static final String README =
      """
      What every member that answered told: its status, health report, members, map, routers, migrations,
      plans, growth policy, checks of the data, history, spill files, figures, and diagnostics (its
      configuration without secrets, its Java virtual machine, its threads). manifest.json says who was
      asked, what came back, and who did not answer.
      doctor.json is what the command doctor found on the machine on which this was made.

      Members log to standard error, so their logs are not here unless a file was named with --log.
      With systemd: journalctl -u quiver-coordinator --since -1h
      """;

  /** By name in the archive. Each member answers them without a quorum. */
  private static final Map<String, String> READS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("status.json", "/cluster/status"),
              Map.entry("health-report.json", "/cluster/health/report"),
              Map.entry("members.json", "/cluster/members"),
              Map.entry("map.json", "/cluster/map?consistency=local"),
              Map.entry("routers.json", "/cluster/routers"),
              Map.entry("migrations.json", "/cluster/migrations"),
              Map.entry("plans.json", "/cluster/plans"),
              Map.entry("autoscale.json", "/cluster/autoscale"),
              Map.entry("checks.json", "/cluster/checks"),
              Map.entry("history.json", "/cluster/history"),
              Map.entry("spills.json", "/cluster/spills"),
              Map.entry("diagnostics.json", "/cluster/diagnostics"),
              Map.entry("ready.txt", "/readyz"),
              Map.entry("writable.txt", "/readyz?writable"),
              Map.entry("metrics.txt", "/metrics")));

  private final EveryMember.Asking asking;
  private final Clock clock;
  private final Scrub scrub;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final ZipOutputStream zip = new ZipOutputStream(bytes, StandardCharsets.UTF_8);
  private final ObjectNode manifest = JsonNodeFactory.instance.objectNode();
  private final ArrayNode members = manifest.putArray("members");
  private int answered;
  private boolean diagnosed = true;

  /**
   * An empty archive.
   *
   * @param secrets whose text is removed
   */
  public Bundle(EveryMember.Asking asking, Clock clock, List<String> secrets, String version) {
    this.asking = asking;
    this.clock = clock;
    this.scrub = new Scrub(secrets);
    manifest.put("made_at", clock.instant().toString());
    manifest.put("made_by", version);
  }

  /** Asks every member that was found for everything. */
  public void gather(List<MemberFound> found) throws InterruptedException {
    for (MemberFound member : found) {
      ObjectNode row = members.addObject();
      row.put("id", member.id());
      row.put("asked_at", scrub.text(member.at().base()));
      row.put("failure", member.failure().isEmpty() ? null : scrub.text(member.failure()));
      if (member.answers()) {
        answered++;
        ArrayNode files = row.putArray("files");
        for (Map.Entry<String, String> read : READS.entrySet()) {
          files.add(fetched(member, read.getKey(), read.getValue()));
        }
      }
    }
  }

  private ObjectNode fetched(MemberFound member, String name, String path)
      throws InterruptedException {
    ObjectNode row = JsonNodeFactory.instance.objectNode().put("name", name).put("asked", path);
    try {
      Fetched fetched = asking.ask(member.at(), path);
      row.put("status", fetched.status());
      diagnosed &= fetched.ok() || !name.startsWith("diagnostics");
      // Ids have no character that means something in a path.
      add("members/" + member.id() + "/" + name, scrub.text(fetched.body()));
    } catch (RestException e) {
      row.put("failure", scrub.text(String.valueOf(e.getMessage())));
    }
    return row;
  }

  /** Adds a document. */
  public void add(String name, JsonNode document) {
    add(name, scrub.text(document.toPrettyString()));
  }

  /** Adds the end of a log of this machine. */
  public void addLog(Path file) throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      byte[] end = new byte[(int) Math.min(MAX_LOG_BYTES, in.length())];
      in.seek(in.length() - end.length);
      in.readFully(end);
      add("logs/" + file.getFileName(), scrub.log(new String(end, StandardCharsets.UTF_8)));
    }
  }

  private void add(String name, String text) {
    try {
      ZipEntry entry = new ZipEntry(TOP + name);
      entry.setTime(clock.millis());
      zip.putNextEntry(entry);
      zip.write(text.getBytes(StandardCharsets.UTF_8));
      zip.closeEntry();
    } catch (IOException e) {
      throw new UncheckedIOException("an archive in memory can always be written", e);
    }
  }

  /** How many members answered. */
  public int answered() {
    return answered;
  }

  /** Whether all of these also sent their diagnostics. */
  public boolean diagnosed() {
    return diagnosed;
  }

  /** The whole archive; nothing can be added after that. */
  public byte[] finished() {
    add("manifest.json", manifest);
    add("README.txt", README);
    try {
      zip.close();
    } catch (IOException e) {
      throw new UncheckedIOException("an archive in memory can always be written", e);
    }
    return bytes.toByteArray();
  }
}
