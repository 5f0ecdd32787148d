package io.quiverdb.coordinator.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quiverdb.coordinator.model.Migration;
import io.quiverdb.coordinator.model.Migrations;
import java.util.List;
import java.util.Optional;
import org.pcollections.TreePMap;

/** Moves in snapshots: everything that the log knows about them. */
final class MigrationsJson {
  private MigrationsJson() {}

  /** Writes what stands in the header; the ended moves follow on lines of their own. */
  static void write(ObjectNode header, Migrations migrations) {
    header.set("next_id", Json.u64(migrations.nextId()));
    header.set("active", Json.MAPPER.valueToTree(migrations.active()));
    header.put("finished", migrations.finished().size());
  }

  static Migrations read(Fields header, List<Migration> ended) throws MalformedDocumentException {
    long nextId = header.u64("next_id");
    header.i32("finished");
    Optional<Migration> active =
        header.find("active").isPresent()
            ? Optional.of(migration(header.object("active").node(), "migrations.active: "))
            : Optional.empty();
    header.nothingElse();
    TreePMap<Long, Migration> finished = TreePMap.empty();
    for (Migration migration : ended) {
      finished = finished.plus(migration.id(), migration);
    }
    return new Migrations(nextId, active, finished);
  }

  static Migration migration(ObjectNode node, String where) throws MalformedDocumentException {
    try {
      Migration migration = Json.MAPPER.treeToValue(node, Migration.class);
      if (migration.steps().isEmpty()) {
        throw new MalformedDocumentException(where + "steps: is empty");
      }
      return migration;
    } catch (JsonProcessingException e) {
      throw new MalformedDocumentException(where + e.getOriginalMessage(), e);
    }
  }
}
