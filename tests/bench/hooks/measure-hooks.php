<?php

declare(strict_types=1);

// Runs inside the stand-in, with the real shim loaded, and does two things in turns: what the shim does, and something bare beside
// it. Prints the medians in milliseconds. Arguments: what to measure, how often, the first invoice to use, the address of
// an HTTP server that does nothing.

use WHMCS\Database\Capsule;
use WHMCS\Module\Addon\Creditbridge\Hook\Dispatcher;

require __DIR__ . '/init.php';
require_once ROOTDIR . '/modules/addons/creditbridge/lib/autoload.php';

/** The first turns load classes, as an opcode cache does once and for all. */
const WARM_UP = 5;

[, $what, $times, $firstInvoice, $emptyServer] = $argv;
$pdo = Capsule::connection()->getPdo();
$invoice = (int) $firstInvoice;

/** Rows of a delivery that was decided, as the service wrote them, with another id and target each time. */
$rowsOf = static function () use ($pdo): array {
    $rows = [];
    foreach (['deliveries', 'decisions'] as $table) {
        $rows[$table] = $pdo->query("SELECT * FROM mod_creditbridge_$table ORDER BY id DESC LIMIT 1")->fetch(PDO::FETCH_ASSOC);
    }
    return $rows;
};
$spooled = json_encode([
    'id' => uuid(), 'type' => 'InvoiceCreated', 'timestamp' => gmdate('Y-m-d\TH:i:s.000000\Z'), 'answer' => 'deferred',
    'shim' => '0.1.0', 'whmcs' => ['version' => '8.13.1', 'date' => gmdate('Y-m-d'), 'zone' => 'Europe/Berlin'],
    'data' => ['source' => 'autogen', 'user' => 'system', 'invoiceid' => '100001', 'status' => 'Unpaid'],
]);
// What the callback registered by hooks.php does; not run_hook, whose price is the stand-in's own.
$row = Capsule::table('mod_creditbridge_settings')->selectRaw('*, UTC_TIMESTAMP(6) AS now_utc')->first();
$hook = static function () use (&$invoice, $row): void {
    $vars = ['source' => 'autogen', 'user' => 'system', 'invoiceid' => $invoice++, 'status' => 'Unpaid'];
    Dispatcher::handle('InvoiceCreated', $vars, $row);
};
$insert = static function () use ($pdo, $spooled): void {
    $statement = $pdo->prepare('INSERT INTO mod_creditbridge_spool (id, hook, item, created_at, next_attempt_at)'
        . ' VALUES (?, ?, ?, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))');
    $statement->execute([uuid(), 'InvoiceCreated', $spooled]);
};

switch ($what) {
    case 'page':
        // A page without hooks: hooks.php reads its row and registers callbacks that are never called.
        $ours = static function (): void {
            include ROOTDIR . '/modules/addons/creditbridge/hooks.php';
        };
        $bare = static function () use ($pdo): void {
            $pdo->query('SELECT * FROM mod_creditbridge_settings WHERE id = 1')->fetch();
        };
        break;
    case 'deferred':
    case 'down':
        $ours = $hook;
        $bare = $insert;
        break;
    case 'inline':
        $hook();
        $rows = $rowsOf();
        $ours = $hook;
        $bare = static function () use ($pdo, $rows, $emptyServer, $spooled, $insert): void {
            post($emptyServer, $spooled);
            $pdo->beginTransaction();
            $insert();
            foreach ($rows as $table => $row) {
                $row['id'] = uuid();
                // A decision without effect is one row for each target.
                if (isset($row['target'])) {
                    $row['target'] = 'bare:' . $row['id'];
                    $row['repeat_key'] = $row['target'];
                }
                insertRow($pdo, 'mod_creditbridge_' . $table, $row);
            }
            $pdo->exec('INSERT INTO mod_creditbridge_clients (client_id, version) VALUES (1, 1)'
                . ' ON DUPLICATE KEY UPDATE version = version + 1');
            $pdo->commit();
        };
        break;
    default:
        fwrite(STDERR, "There is nothing called $what to measure.\n");
        exit(2);
}

$taken = ['ours' => [], 'bare' => []];
for ($turn = -WARM_UP; $turn < (int) $times; $turn++) {
    foreach (['ours' => $ours, 'bare' => $bare] as $name => $work) {
        $began = hrtime(true);
        $work();
        if ($turn >= 0) {
            $taken[$name][] = (hrtime(true) - $began) / 1e6;
        }
    }
}
// A manifest that the shim fetches meanwhile, or a breaker that opens, would make an inline hook a deferred one.
$untaken = (int) $pdo->query('SELECT COUNT(*) FROM mod_creditbridge_spool WHERE taken_by IS NULL')->fetchColumn();
if ($what === 'inline' && $untaken > count($taken['bare']) + WARM_UP) {
    fwrite(STDERR, "Inline hooks were kept instead of asked.\n");
    exit(1);
}
// Nothing is left for the end of the process to send.
$pdo->exec('DELETE FROM mod_creditbridge_spool');
echo json_encode(array_map('median', $taken)), "\n";

function median(array $values): float
{
    sort($values);

    return $values[intdiv(count($values), 2)];
}

function uuid(): string
{
    $hex = sprintf('%012x', (int) (microtime(true) * 1000)) . bin2hex(random_bytes(10));

    return substr($hex, 0, 8) . '-' . substr($hex, 8, 4) . '-7' . substr($hex, 13, 3) . '-8' . substr($hex, 17, 3) . '-' . substr($hex, 20);
}

function insertRow(PDO $pdo, string $table, array $row): void
{
    $columns = implode(', ', array_keys($row));
    $marks = implode(', ', array_fill(0, count($row), '?'));
    $pdo->prepare("INSERT INTO $table ($columns) VALUES ($marks)")->execute(array_values($row));
}

function post(string $url, string $body): void
{
    $curl = curl_init($url);
    curl_setopt_array($curl, [
        CURLOPT_POST => true, CURLOPT_POSTFIELDS => $body, CURLOPT_RETURNTRANSFER => true,
        CURLOPT_HTTPHEADER => ['content-type: application/json', 'expect:'],
    ]);
    if (curl_exec($curl) === false) {
        throw new RuntimeException(curl_error($curl));
    }
    curl_close($curl);
}
