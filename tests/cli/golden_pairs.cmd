command -v python3 >/dev/null || { echo "needs python3" >&2; exit 77; }
exec python3 "$SRC/tests/tools/golden_pairs.py" "$EVENHAND" "${SHARED:-/nonexistent}/golden"
