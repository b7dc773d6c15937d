<?php

// STAND-IN, not WHMCS: the admin log-in.

declare(strict_types=1);

require dirname(__DIR__) . '/init.php';

use StandIn\Admin\Admin;
use StandIn\Web\Flash;
use StandIn\Web\Html;
use StandIn\Web\Redirect;

if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    check_token('WHMCS.admin.default');
    if (Admin::logIn((string) ($_POST['username'] ?? ''), (string) ($_POST['password'] ?? ''))) {
        Redirect::to('/admin/index.php');
    }
    Flash::set('danger', 'Login Failed. Please Try Again.');
    Redirect::to('/admin/login.php');
}
$flash = Flash::take();
$alert = $flash === null ? '' : "<div class=\"alert alert-{$flash[0]}\">" . Html::text($flash[1]) . '</div>';
?><!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Admin Login (stand-in)</title><link rel="stylesheet" href="/assets/css/standin.css"></head>
<body class="client-area"><div class="standin-notice">This is a stand-in for tests and demonstrations, not WHMCS.</div>
<div class="admin-login panel panel-primary"><div class="panel-heading"><h3 class="panel-title">Admin Login</h3></div><div class="panel-body">
<?= $alert ?>
<form method="post" action="/admin/login.php"><?= generate_token() ?>
<div class="form-group"><label for="username">Username</label><input class="form-control" id="username" name="username" autofocus required></div>
<div class="form-group"><label for="password">Password</label><input class="form-control" id="password" type="password" name="password" required></div>
<button class="btn btn-primary btn-block" type="submit">Login</button></form></div>
<div class="panel-footer text-muted">Demonstration log-ins: admin/admin, second/second, limited/limited.</div></div></body></html>
