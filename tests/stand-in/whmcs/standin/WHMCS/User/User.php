<?php

declare(strict_types=1);

namespace WHMCS\User;

use Illuminate\Database\Eloquent\Model;

/** A person who logs in (8.0 and later). */
final class User extends Model
{
    protected $table = 'tblusers';
    protected $guarded = [];
    public $timestamps = false;
}
