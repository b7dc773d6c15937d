<?php

// The router script of Peer's server.

declare(strict_types=1);

$folder = getenv('PEER_FOLDER');
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$body = file_get_contents('php://input');
$request = ['path' => $path, 'body' => $body, 'headers' => array_change_key_case(getallheaders())];
file_put_contents($folder . '/requests', json_encode($request) . "\n", FILE_APPEND);

$file = $folder . '/' . md5($path) . '.answer';
$answer = is_file($file) ? json_decode(file_get_contents($file), true) : ['status' => 404, 'sign' => false];
usleep(1000 * ($answer['sleepMs'] ?? 0));

$reply = $answer['body'] ?? [];
if (isset($answer['refuseWith']) && strpos($body, $answer['refuseWith']) !== false) {
    $answer['status'] = 400;
    $reply = ['code' => 'string-too-long'];
} elseif (isset($answer['accept'])) {
    $reply += ['waiting' => 0, 'manifest' => 0, 'results' => []];
    foreach (json_decode($body, true)['items'] ?? [] as $item) {
        $reply['results'][] = ['id' => $item['id'], 'outcome' => 'accepted'];
        $last = count($reply['results']) - 1;
        $reply['results'][$last] = $answer['accept'] + $reply['results'][$last];
    }
}
if ($path === '/v1/pair' && ($reply['nonce'] ?? '') === 'right') {
    // Like the service, reads through its own connection, which sees only committed data.
    $c = require getenv('PEER_CONFIGURATION');
    $pdo = new PDO("mysql:host=$c[db_host];port=$c[db_port];dbname=$c[db_name]", $c['db_username'], $c['db_password']);
    $reply['nonce'] = $pdo->query('SELECT nonce FROM mod_creditbridge_settings')->fetchColumn();
}
$text = $answer['raw'] ?? json_encode($reply === [] ? new stdClass() : $reply);
http_response_code($answer['status'] ?? 200);
foreach ($answer['headers'] ?? [] as $header) {
    header($header);
}
if ($answer['sign'] ?? true) {
    $id = $answer['signFor'] ?? $request['headers']['webhook-id'] . '-' . ($answer['signStatus'] ?? $answer['status'] ?? 200);
    $time = time() + ($answer['clock'] ?? 0);
    $signatures = array_map(static function (string $secret) use ($id, $time, $text): string {
        $key = base64_decode(substr($secret, 6));
        return 'v1,' . base64_encode(hash_hmac('sha256', $id . '.' . $time . '.' . $text, $key, true));
    }, json_decode(file_get_contents($folder . '/secrets.json'), true));
    header('webhook-timestamp: ' . $time);
    header('webhook-signature: ' . implode(' ', $signatures));
}
echo $text;
