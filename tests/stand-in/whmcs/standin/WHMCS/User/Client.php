<?php

declare(strict_types=1);

namespace WHMCS\User;

use Illuminate\Database\Eloquent\Model;

/** A client account. */
final class Client extends Model
{
    protected $table = 'tblclients';
    protected $guarded = [];
    public $timestamps = false;
}
