// SPDX-License-Identifier: Apache-2.0
package io.quiverdb.coordinator.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.MigrationOrigin;
import io.quiverdb.coordinator.model.MigrationPart;
import io.quiverdb.coordinator.model.Migrations;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/** Migrations in snapshots: everything that the log knows about them. */
final class MigrationsJson {
  private static final String ORIGIN = "origin";

  private MigrationsJson() {}

  /** Writes the header's part; ended migrations and parts follow on lines of their own. */
  static void write(ObjectNode header, Migrations migrations) {
    header.set("next_id", JsonValues.u64(migrations.nextId()));
    header.set(
        "active",
        migrations
            .active()
            .<JsonNode>map(active -> tree(active.withParts(List.of())))
            .orElse(NullNode.instance));
    header.put("finished", migrations.finished().size());
    header.put("parts", parts(migrations).size());
  }

  /** A migration; format 1 knows no other origin than an operator. */
  static ObjectNode tree(Migration migration) {
    ObjectNode node = Json.MAPPER.valueToTree(migration);
    if (migration.origin() == MigrationOrigin.OPERATOR) {
      node.remove(ORIGIN);
    }
    return node;
  }

  /**
   * The parts of the active migration. They are not in its tree, which would need ten times their
   * memory.
   */
  static List<MigrationPart> parts(Migrations migrations) {
    return migrations.active().map(active -> active.progress().parts()).orElse(List.of());
  }

  static MigrationPart part(ObjectNode node) throws MalformedDocumentException {
    return Json.value(node, MigrationPart.class, "");
  }

  static Migrations read(Fields header, List<Migration> ended, List<MigrationPart> parts)
      throws MalformedDocumentException {
    long nextId = header.u64("next_id");
    header.i32("finished");
    header.i32("parts");
    Optional<Migration> active =
        header.find("active").isPresent()
            ? Optional.of(
                migration(header.object("active").node(), "migrations.active: ").withParts(parts))
            : Optional.empty();
    header.nothingElse();
    TreePMap<Long, Migration> finished = TreePMap.empty();
    for (Migration migration : ended) {
      finished = finished.plus(migration.id(), migration);
    }
    return new Migrations(nextId, active, finished);
  }

  static Migration migration(ObjectNode node, String where) throws MalformedDocumentException {
    if (!node.has(ORIGIN)) {
      node.put(ORIGIN, MigrationOrigin.OPERATOR.wireName());
    }
    Migration migration = Json.value(node, Migration.class, where);
    if (migration.steps().isEmpty()) {
      throw new MalformedDocumentException(where + "steps: is empty");
    }
    return migration;
  }
}
