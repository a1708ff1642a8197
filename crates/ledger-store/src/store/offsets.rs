use glaux_kernel::NodeId;
use glaux_ledger::Position;
use glaux_store::{EveryTx, Result, SharedSql, shared_sql};

const INSERT: SharedSql = shared_sql(
    "INSERT INTO projector_offsets (node_id, segment, byte_offset) VALUES ($1, 0, 0) ON CONFLICT (node_id) DO NOTHING",
);

const FIND: SharedSql = shared_sql("SELECT segment, byte_offset FROM projector_offsets WHERE node_id = $1");

const ADVANCE: SharedSql = shared_sql(
    "UPDATE projector_offsets SET segment = $4, byte_offset = $5
     WHERE node_id = $1 AND segment = $2 AND byte_offset = $3",
);

const LOCK: SharedSql = shared_sql("UPDATE projector_offsets SET segment = segment WHERE segment >= $1");

/// Up to where the segments of `node` are in the database; before all of them for a new node.
pub(crate) async fn find(tx: &mut EveryTx, node: NodeId) -> Result<Position> {
    let found: Option<(i64, i64)> = tx.query_shared(FIND).bind(node).fetch_optional().await?;
    let (segment, offset) = found.unwrap_or_default();
    Ok(Position {
        segment: u64::try_from(segment).unwrap_or_default(),
        offset: u64::try_from(offset).unwrap_or_default(),
    })
}

/// Makes the row of a new node.
pub(crate) async fn ensure(tx: &mut EveryTx, node: NodeId) -> Result<()> {
    tx.query_shared(INSERT).bind(node).execute().await.map(drop)
}

/// Moves the offset of `node`, and keeps other programs from moving it until the end of the transaction. `false`: it
/// does not stand at `from`.
pub(crate) async fn advance(tx: &mut EveryTx, node: NodeId, from: Position, to: Position) -> Result<bool> {
    let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let moved = tx
        .query_shared(ADVANCE)
        .bind(node)
        .bind(signed(from.segment))
        .bind(signed(from.offset))
        .bind(signed(to.segment))
        .bind(signed(to.offset))
        .execute()
        .await?;
    Ok(moved == 1)
}

/// Keeps every projector from writing until the end of the transaction.
pub(crate) async fn lock_all(tx: &mut EveryTx) -> Result<()> {
    tx.query_shared(LOCK).bind(0_i64).execute().await.map(drop)
}
